import { EMPTY, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('refused');

/** The times, since the start, at which attempts begin within `span`, when every one fails at once. */
function attemptTimes(config: Parameters<typeof fakeEndpoint>[0], span: number): number[] {
  const { clock, transport, connection } = fakeEndpoint(config);
  const start = clock.now();
  const times: number[] = [];
  transport.onOpen = (attempt) => {
    times.push(clock.now() - start);
    attempt.refuse(REFUSED);
  };
  const events = record(connection);
  clock.advance(span);
  events.stop();
  return times;
}

describe('retry.delay', () => {
  it('is a number of ms', () => {
    expect(attemptTimes({ retry: { delay: 250 } }, 1_000)).toEqual([0, 250, 500, 750, 1_000]);
  });

  it('is by default exponentialBackoff() with full jitter, taken from the random of the endpoint', () => {
    expect(attemptTimes({ random: () => 0.5 }, 1_000)).toEqual([0, 50, 150, 350, 750]);
  });

  it('may be an exponentialBackoff, whose length is then known', () => {
    const delay = exponentialBackoff({ initial: 10, factor: 3, max: 50, jitter: 'none' });
    expect(attemptTimes({ retry: { delay } }, 200)).toEqual([0, 10, 40, 90, 140, 190]);

    const { transport, connection } = fakeEndpoint({ retry: { delay } });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    expect(events.last).toMatchObject({ type: 'failed', retryIn: 10 });
  });

  it('of an exponentialBackoff that starts at 0 never stops retrying, however often it fails', () => {
    const times = attemptTimes({ retry: { delay: exponentialBackoff({ initial: 0 }) } }, 2_000);
    expect(times).toHaveLength(2_001);
  });

  it('may be a function of the error and the number of the retry', () => {
    const asked: unknown[][] = [];
    const notifier = new Subject<void>();
    const { clock, transport, connection } = fakeEndpoint({
      retry: {
        delay: (...args) => {
          asked.push(args);
          return notifier;
        },
      },
    });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(100_000);
    expect(transport.opens).toHaveLength(1);
    expect(events.last).toEqual({ type: 'failed', error: REFUSED, attempt: 1, at: 1_000_000 });
    notifier.next();
    expect(transport.opens).toHaveLength(2);
    transport.last.refuse(REFUSED);

    expect(asked).toEqual([
      [REFUSED, 1],
      [REFUSED, 2],
    ]);
  });

  it('listens to one value of a notifier only, and to none after retryNow', () => {
    const notifiers: Subject<void>[] = [];
    const { clock, transport, connection } = fakeEndpoint({
      retry: {
        delay: () => {
          const notifier = new Subject<void>();
          notifiers.push(notifier);
          return notifier;
        },
      },
    });
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(5);
    notifiers[0]!.next();
    expect(notifiers[0]!.observed).toBe(false);
    transport.last.refuse(REFUSED);
    clock.advance(5);
    expect(notifiers[1]!.observed).toBe(true);
    connection.retryNow();

    expect(notifiers[1]!.observed).toBe(false);
    expect(transport.opens).toHaveLength(3);
  });

  it('may be a promise', async () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: () => Promise.resolve('go') } });
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(5);
    expect(transport.opens).toHaveLength(1);
    await Promise.resolve();

    expect(transport.opens).toHaveLength(2);
  });

  it('gives up with the reason as cause when its notifier errors or its promise rejects', async () => {
    const reason = new Error('the delay says no');
    for (const delay of [() => throwError(() => reason), () => Promise.reject(reason)]) {
      const { transport, connection } = fakeEndpoint({ retry: { delay } });
      const events = record(connection);
      transport.last.refuse(REFUSED);
      await Promise.resolve();

      expect(typesOf(events)).toEqual(['connecting', 'failed']);
      expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: reason }]);
    }
  });

  it('gives up, and does not complete, when its notifier completes without a value', () => {
    const { transport, connection } = fakeEndpoint({ retry: { delay: () => EMPTY } });
    const events = record(connection);
    transport.last.refuse(REFUSED);

    expect(events.completed).toBe(false);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: REFUSED }]);
  });

  it('gives up when the function throws or returns nothing to wait for', () => {
    const thrown = new Error('thrown by delay');
    const throwing = fakeEndpoint({
      retry: {
        delay: () => {
          throw thrown;
        },
      },
    });
    const events = record(throwing.connection);
    throwing.transport.last.refuse(REFUSED);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: thrown }]);

    const wrong = fakeEndpoint({ retry: { delay: () => 5 as never } });
    const others = record(wrong.connection);
    wrong.transport.last.refuse(REFUSED);
    expect(others.errors).toMatchObject([
      { code: 'RXPOOL_RETRIES_EXHAUSTED', cause: expect.any(TypeError) as unknown },
    ]);
  });

  it('gives up late when its notifier errors late, also for whoever waits meanwhile', () => {
    const notifier = new Subject<void>();
    const { transport, connection } = fakeEndpoint({ retry: { delay: () => notifier } });
    const one = record(connection);
    transport.last.refuse(REFUSED);
    const other = record(connection);
    notifier.error(new Error('no'));

    expect(one.errors).toHaveLength(1);
    expect(other.errors).toEqual(one.errors);
  });
});

describe('a delay of nothing', () => {
  it.each([
    ['the number 0', { delay: 0 }],
    ['a notifier that emits at once', { delay: () => of(0) }],
    ['an exponentialBackoff of 0', { delay: exponentialBackoff({ initial: 0, jitter: 'none' }) }],
  ])('lets the event loop turn between attempts: %s', (_name, retry) => {
    const { clock, transport, connection } = fakeEndpoint({ retry });
    transport.onOpen = (attempt) => attempt.refuse(REFUSED);
    record(connection);
    expect(transport.opens).toHaveLength(1);
    clock.advance(0);
    expect(transport.opens).toHaveLength(1);
    clock.advance(3);

    expect(transport.opens).toHaveLength(4);
  });

  it('does not recurse: 10,000 synchronous failures in a row leave the stack alone', () => {
    expect(attemptTimes({ retry: { delay: 0 } }, 10_000)).toHaveLength(10_001);
  });

  it('is not made shorter by a retryNow in each failed event', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 1_000 } });
    transport.onOpen = (attempt) => attempt.refuse(REFUSED);
    record(connection, ({ type }) => {
      if (type === 'failed') connection.retryNow();
    });
    expect(transport.opens).toHaveLength(1);
    clock.advance(100);

    expect(transport.opens).toHaveLength(101);
  });
});
