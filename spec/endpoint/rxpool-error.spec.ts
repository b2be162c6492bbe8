import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionLostError } from '../../src/endpoint/connection-lost-error.js';
import { HookTimeoutError } from '../../src/endpoint/hook-timeout-error.js';
import { RetriesExhaustedError } from '../../src/endpoint/retries-exhausted-error.js';
import { RxpoolError } from '../../src/endpoint/rxpool-error.js';

const CAUSE = new Error('read ECONNRESET');

afterEach(() => {
  vi.resetModules();
});

describe('the errors of an endpoint', () => {
  it.each([
    [
      new ConnectionLostError('far:1', CAUSE),
      { name: 'ConnectionLostError', code: 'RXPOOL_CONNECTION_LOST', retryable: true, info: { address: 'far:1' } },
      'connection to far:1 was lost: read ECONNRESET',
    ],
    [
      new ConnectionLostError('far:1'),
      { name: 'ConnectionLostError', code: 'RXPOOL_CONNECTION_LOST', retryable: true, info: { address: 'far:1' } },
      'connection to far:1 was lost (closed by the peer)',
    ],
    [
      new HookTimeoutError('prepare', 'far:1', 50),
      {
        name: 'HookTimeoutError',
        code: 'RXPOOL_HOOK_TIMEOUT',
        retryable: true,
        info: { hook: 'prepare', timeout: 50 },
      },
      'prepare on a connection to far:1 did not answer within 50 ms',
    ],
    [
      new RetriesExhaustedError('far:1', 1, CAUSE),
      {
        name: 'RetriesExhaustedError',
        code: 'RXPOOL_RETRIES_EXHAUSTED',
        retryable: false,
        info: { address: 'far:1', failures: 1 },
      },
      'gave up connecting to far:1 after 1 failure: read ECONNRESET',
    ],
    [
      new RetriesExhaustedError('far:1', 3, 'text'),
      { code: 'RXPOOL_RETRIES_EXHAUSTED', info: { address: 'far:1', failures: 3 }, cause: 'text' },
      'gave up connecting to far:1 after 3 failures: text',
    ],
  ])('say what went wrong, to people and to programs: %s', (error, fields, message) => {
    expect(error).toMatchObject(fields);
    expect(error.message).toBe(message);
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RxpoolError);
    expect(error.stack).toContain(message);
  });

  it('have a cause only where there is one', () => {
    expect(new ConnectionLostError('far:1', CAUSE).cause).toBe(CAUSE);
    expect('cause' in new ConnectionLostError('far:1')).toBe(false);
  });

  it('do not show their brand where errors are printed or copied', () => {
    const error = new ConnectionLostError('far:1');
    expect(Object.keys(error).sort()).toEqual(['code', 'info', 'name', 'retryable']);
    expect(JSON.stringify(error)).not.toContain('@1');
  });
});

describe('instanceof', () => {
  it('holds for the class and its base, and for no other class', () => {
    const error = new ConnectionLostError('far:1');
    expect(error instanceof ConnectionLostError).toBe(true);
    expect(error instanceof RxpoolError).toBe(true);
    expect(error instanceof HookTimeoutError).toBe(false);
    expect(error instanceof RetriesExhaustedError).toBe(false);
  });

  it('holds between two copies of the package', async () => {
    vi.resetModules();
    const copy = {
      ...(await import('../../src/endpoint/rxpool-error.js')),
      ...(await import('../../src/endpoint/connection-lost-error.js')),
      ...(await import('../../src/endpoint/hook-timeout-error.js')),
    };
    expect(copy.ConnectionLostError).not.toBe(ConnectionLostError);
    const [mine, theirs] = [new ConnectionLostError('far:1'), new copy.ConnectionLostError('far:1')];

    expect(theirs instanceof ConnectionLostError).toBe(true);
    expect(theirs instanceof RxpoolError).toBe(true);
    expect(theirs instanceof HookTimeoutError).toBe(false);
    expect(mine instanceof copy.ConnectionLostError).toBe(true);
    expect(mine instanceof copy.RxpoolError).toBe(true);
    expect(mine instanceof copy.HookTimeoutError).toBe(false);
  });

  it('holds for nothing that is no such error', () => {
    for (const other of [undefined, null, 5, 'text', {}, new Error('plain'), { code: 'RXPOOL' }, Object.create(null)]) {
      expect((other as unknown) instanceof RxpoolError).toBe(false);
    }
  });

  it('holds for a subclass with a code of its own, made outside', () => {
    class OwnError extends RxpoolError {
      static override readonly code = 'OWN';
      constructor() {
        super('mine', { info: {}, retryable: false });
      }
    }
    const error = new OwnError();

    expect(error).toMatchObject({ name: 'OwnError', code: 'OWN' });
    expect(error instanceof OwnError).toBe(true);
    expect(error instanceof RxpoolError).toBe(true);
    expect(new ConnectionLostError('far:1') instanceof OwnError).toBe(false);
  });
});
