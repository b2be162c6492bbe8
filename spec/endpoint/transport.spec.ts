import { EMPTY, NEVER, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { transport, type TransportConfig } from '../../src/endpoint/transport.js';
import { marbles } from './marbles.js';
import { record } from './record.js';

describe('transport()', () => {
  it('needs no more than a way to open: closing is done at once, nothing is read, the address is "custom"', () => {
    const bare = transport(() => NEVER as Observable<string>);
    const closing = record(bare.close('socket'));
    const data = record(bare.data('socket'));

    expect(bare.address).toBe('custom');
    expect(closing.completed).toBe(true);
    expect([data.values, data.completed]).toEqual([[], false]);
    for (const name of ['usable', 'validate', 'remember', 'restore', 'ref', 'unref', 'pending'] as const) {
      expect(bare[name]).toBeUndefined();
    }
  });

  it('closes by unsubscribing from open()', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('-s');
      expectObservable(
        endpoint(
          transport(() => life),
          { clock: time },
        ),
        '^---!',
      );
      expectSubscriptions(life.subscriptions).toBe('^---!');
    });
  });

  it('takes every part of a transport as given', () => {
    const config: Required<TransportConfig<string, string>> = {
      address: 'far:1',
      close: () => EMPTY,
      data: () => of('data'),
      usable: () => true,
      validate: () => true,
      remember: () => undefined,
      restore: () => true,
      ref: () => undefined,
      unref: () => undefined,
      pending: () => 0,
    };
    const open = (): typeof NEVER => NEVER;

    expect(transport<string, string>(open, config)).toEqual({ ...config, open });
  });

  it('calls open anew for each attempt', () => {
    const opened: number[] = [];
    const target = transport(() => {
      opened.push(opened.length);
      return NEVER;
    });
    const connection = endpoint(target);
    expect(opened).toEqual([]);
    record(connection).stop();
    record(connection).stop();

    expect(opened).toEqual([0, 1]);
  });

  it('refuses an open that is no function, and parts it does not know or cannot use', () => {
    expect(() => transport(NEVER as never)).toThrow(
      new TypeError('transport: open must be a function that returns an Observable'),
    );
    expect(() => transport(() => NEVER, { usabel: () => true } as never)).toThrow(
      new TypeError(
        'transport: unknown option usabel; known are address, close, data, usable, validate, remember, restore, ref, unref, pending',
      ),
    );
    expect(() => transport(() => NEVER, { address: 5 as never })).toThrow(
      new TypeError('transport: address must be a string, got 5'),
    );
    expect(() => transport(() => NEVER, { close: true as never })).toThrow(
      new TypeError('transport: close must be a function, got true'),
    );
  });
});

describe('endpoint()', () => {
  it('refuses what is no transport', () => {
    for (const wrong of [undefined, null, 5, 'localhost:5000', {}, NEVER]) {
      expect(() => endpoint(wrong as never)).toThrow(
        new TypeError('endpoint: pass a transport, for example tcp("localhost:5000")'),
      );
    }
  });

  it.each([
    [{ maxConnecting: 0 }, RangeError, 'endpoint: maxConnecting must be an integer from 1 to 9007199254740991, got 0'],
    [
      { maxConnecting: '4' },
      TypeError,
      'endpoint: maxConnecting must be an integer from 1 to 9007199254740991, got "4"',
    ],
    [{ hookTimeout: 0 }, RangeError, 'endpoint: hookTimeout must be a number from 1 to Infinity, got 0'],
    [{ prepare: {} }, TypeError, 'endpoint: prepare must be a function, got an object'],
    [{ retry: 5 }, TypeError, 'endpoint: retry must be an object, got 5'],
    [{ retry: { count: -1 } }, RangeError, 'endpoint: retry: count must be a number from 0 to Infinity, got -1'],
    [
      { retry: { delay: NaN } },
      RangeError,
      'endpoint: retry: delay must be a number from 0 to Infinity or a function, got NaN',
    ],
    [
      { retry: { delay: '5' } },
      TypeError,
      'endpoint: retry: delay must be a number from 0 to Infinity or a function, got "5"',
    ],
    [{ retry: { shouldRetry: true } }, TypeError, 'endpoint: retry: shouldRetry must be a function, got true'],
    [
      { retry: { delays: 5 } },
      TypeError,
      'endpoint: retry: unknown option delays; known are count, delay, resetAfter, shouldRetry, urgentMax',
    ],
    [{ clock: 5 }, TypeError, 'endpoint: clock must be an object, got 5'],
    [{ random: 0.5 }, TypeError, 'endpoint: random must be a function, got 0.5'],
  ])('refuses %o', (config, type, message) => {
    expect(() =>
      endpoint(
        transport(() => NEVER),
        config as never,
      ),
    ).toThrow(new type(message));
  });

  it('takes undefined for an option left out', () => {
    const config = { retry: undefined, maxConnecting: undefined, prepare: undefined, clock: undefined };
    const connection = endpoint(
      transport(() => NEVER),
      config as never,
    );
    record(connection).stop();

    expect(connection.status.state).toBe('idle');
  });

  it('is known by the address of its transport', () => {
    expect(endpoint(transport(() => NEVER, { address: 'far:1' })).address).toBe('far:1');
  });
});
