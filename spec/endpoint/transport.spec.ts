import { EMPTY, NEVER, of, Subject, throwError, type Observable, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { transport, type TransportConfig } from '../../src/endpoint/transport.js';
import { marbles } from './marbles.js';
import { record } from './record.js';

const BROKEN = new Error('broken');

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
    const config: Required<Omit<TransportConfig<string, string>, 'close' | 'data'>> = {
      address: 'far:1',
      weight: 2,
      priority: 1,
      usable: () => true,
      validate: () => true,
      remember: () => undefined,
      restore: () => true,
      ref: () => undefined,
      unref: () => undefined,
      pending: () => 0,
    };
    const open = (): typeof NEVER => NEVER;

    const made = transport<string, string>(open, { ...config, data: (socket) => of(`of ${socket}`) });

    expect(made).toMatchObject({ ...config, open });
    expect(record(made.data('socket')).values).toEqual(['of socket']);
  });

  it('takes undefined for a part left out', () => {
    const parts = { address: undefined, close: undefined, data: undefined, usable: undefined };
    const bare = transport(() => NEVER as Observable<string>, parts as never);

    expect(bare.address).toBe('custom');
    expect(record(bare.close('socket')).completed).toBe(true);
    expect(record(bare.data('socket')).completed).toBe(false);
  });

  it('has parts that can be taken from it, and called on their own', () => {
    const { open, close, data, usable } = transport<string, string>(() => of('socket'), {
      close: () => EMPTY,
      data: () => of('text'),
      usable: () => true,
    });

    expect(record(open()).values).toEqual(['socket']);
    expect(record(data('socket')).values).toEqual(['text']);
    expect(record(close('socket')).completed).toBe(true);
    expect(usable?.('socket')).toBe(true);
  });

  describe('closes by what close returns', () => {
    it('be it an Observable, whose values are ignored and whose end counts', () => {
      const closed = new Subject<string>();
      const closing = record(transport(() => NEVER as Observable<string>, { close: () => closed }).close('socket'));
      closed.next('half closed');
      expect(closing).toMatchObject({ values: [], completed: false });
      closed.complete();

      expect(closing).toMatchObject({ values: [], errors: [], completed: true });
    });

    it('be it a promise, whatever it is a promise of', async () => {
      let close!: (code: number) => void;
      const closed = new Promise<number>((resolve) => (close = resolve));
      const closing = record(transport(() => NEVER as Observable<string>, { close: () => closed }).close('socket'));
      await Promise.resolve();
      expect(closing.completed).toBe(false);
      close(1000);
      await closed;
      await Promise.resolve();

      expect(closing).toMatchObject({ values: [], errors: [], completed: true });
    });

    it.each<[string, () => ObservableInput<unknown>]>([
      ['an Observable that errors', () => throwError(() => BROKEN)],
      ['a rejected promise', () => Promise.reject(BROKEN)],
      [
        'an exception',
        () => {
          throw BROKEN;
        },
      ],
    ])('and errors with the error of %s', async (_name, close) => {
      const closing = record(transport(() => NEVER as Observable<string>, { close }).close('socket'));
      await Promise.resolve();
      await Promise.resolve();

      expect(closing).toMatchObject({ errors: [BROKEN], completed: false });
    });

    it('only when it is subscribed, with the socket and how', () => {
      const calls: unknown[][] = [];
      const { close } = transport(() => NEVER as Observable<string>, {
        close: (...call) => {
          calls.push(call);
          return EMPTY;
        },
      });
      const closing = close('socket', { force: true });
      expect(calls).toEqual([]);
      record(closing);
      record(close('other'));

      expect(calls).toEqual([
        ['socket', { force: true }],
        ['other', undefined],
      ]);
    });

    it('and lets go of an Observable that is no longer waited for', () => {
      const closed = new Subject<void>();
      const closing = record(transport(() => NEVER as Observable<string>, { close: () => closed }).close('socket'));
      expect(closed.observed).toBe(true);
      closing.stop();

      expect(closed.observed).toBe(false);
    });
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
        'transport: unknown option usabel; known are address, weight, priority, close, data, usable, validate, remember, restore, ref, unref, pending',
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
