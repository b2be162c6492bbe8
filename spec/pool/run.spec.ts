import { describe, expect, it } from 'vitest';
import { ConnectionLostError, PoolClosedError } from '../../src/index.js';
import { afterPromises, borrowNow, handLab, instantLab } from './pool-lab.js';

const never = new Promise<never>(() => undefined);

describe('run', () => {
  it('gives the task the socket and its lease, resolves with what it returns, and releases', async () => {
    const { pool, transport } = instantLab({ max: 1 });
    const seen = await pool.run(async (socket, lease) => {
      await Promise.resolve();
      return [socket, lease.socket, pool.stats.lent];
    });
    expect(seen).toEqual([transport.last.socket, transport.last.socket, 1]);
    expect(pool.stats).toMatchObject({ idle: 1, released: 1, destroyed: 0 });
  });

  it('takes a task that returns no promise, and one that returns nothing', async () => {
    const { pool } = instantLab({ max: 1 });
    expect(await pool.run(() => 7)).toBe(7);
    expect(await pool.run((): unknown => undefined)).toBeUndefined();
    expect(pool.stats.idle).toBe(1);
  });

  it('has released when the promise resolves', async () => {
    const { pool } = instantLab({ max: 1 });
    const idle = await pool.run(() => 'done').then(() => pool.stats.idle);
    expect(idle).toBe(1);
  });

  it.each([
    [
      'throws',
      (error: Error): never => {
        throw error;
      },
    ],
    ['rejects', (error: Error) => Promise.reject(error)],
  ])('rejects with the error of a task that %s, and destroys the socket', async (_, task) => {
    const { pool } = instantLab({ max: 1 });
    const error = new Error('bad answer');
    await expect(pool.run(() => task(error))).rejects.toBe(error);
    expect(pool.stats).toMatchObject({ released: 0, destroyed: 1 });
  });

  it('keeps the socket of a failed task where `reuse` says that it is clean', async () => {
    const { pool } = instantLab({ max: 1 });
    const failed = pool.run(() => Promise.reject(new Error('NOT_FOUND')), { reuse: ({ type }) => type === 'error' });
    await expect(failed).rejects.toThrow('NOT_FOUND');
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('rejects when the connection is lost before the task is done', async () => {
    const { pool, transport } = instantLab({ max: 1 });
    const running = pool.run(() => never);
    transport.last.lose(new Error('reset'));
    await expect(running).rejects.toBeInstanceOf(ConnectionLostError);
  });

  it('ends the wait when the signal aborts, with its reason', async () => {
    const { pool } = handLab({ max: 1 });
    const aborter = new AbortController();
    const running = pool.run(() => 1, { signal: aborter.signal });
    expect(pool.stats.waiting).toBe(1);
    aborter.abort('changed my mind');
    await expect(running).rejects.toBe('changed my mind');
    expect(pool.stats.waiting).toBe(0);
  });

  it('ends the work when the signal aborts, at once and with its reason, and destroys the socket', async () => {
    const { pool } = instantLab({ max: 1 });
    const aborter = new AbortController();
    const running = pool.run(() => never, { signal: aborter.signal });
    expect(pool.stats.lent).toBe(1);
    aborter.abort('client has gone');
    await expect(running).rejects.toBe('client has gone');
    expect(pool.stats).toMatchObject({ lent: 0, destroyed: 1 });
  });

  it('does not begin where the signal has aborted before', async () => {
    const { pool } = instantLab({ max: 1 });
    const begun: unknown[] = [];
    const running = pool.run((socket) => begun.push(socket), { signal: AbortSignal.abort('too late') });
    await expect(running).rejects.toBe('too late');
    expect(begun).toEqual([]);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { pool } = instantLab({ max: 1 });
    const { signal } = new AbortController();
    let listening = 0;
    const { addEventListener: add, removeEventListener: remove } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      listening++;
      (add as (...all: unknown[]) => void).apply(signal, args);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      listening--;
      (remove as (...all: unknown[]) => void).apply(signal, args);
    };
    await pool.run(
      async () => {
        await Promise.resolve();
      },
      { signal },
    );
    await expect(pool.run(() => Promise.reject(new Error('no')), { signal })).rejects.toThrow('no');
    expect(listening).toBe(0);
  });

  it('ignores what an aborted task does later', async () => {
    const { pool } = instantLab({ max: 1 });
    const aborter = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const running = pool.run(() => late, { signal: aborter.signal });
    aborter.abort('enough');
    await expect(running).rejects.toBe('enough');
    fail(new Error('nobody listens'));
    await afterPromises();
  });

  it('waits its turn like any other borrower, and takes the same options', async () => {
    const { pool, clock } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const running = pool.run(() => 1, { timeout: 50 });
    clock.advance(50);
    await expect(running).rejects.toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
    const next = pool.run(() => 2);
    lease.release();
    expect(await next).toBe(2);
  });

  it('rejects for a wrong option or task, naming it', async () => {
    const { pool } = instantLab({ max: 1 });
    await expect(pool.run(() => 1, { timeot: 5 } as never)).rejects.toThrow(/^run: unknown option timeot/);
    await expect(pool.run('task' as never)).rejects.toThrow('run: task must be a function of (socket, lease)');
  });

  it('rejects after close()', async () => {
    const { pool } = instantLab({ max: 1 });
    await pool.close();
    await expect(pool.run(() => 1)).rejects.toBeInstanceOf(PoolClosedError);
  });
});
