import { ignoreElements, takeWhile } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EndpointStatus } from '../../src/endpoint/endpoint-status.js';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { transport } from '../../src/endpoint/transport.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { lives, marbles } from './marbles.js';
import { record } from './record.js';

const LOST = new Error('lost');
const REFUSED = new Error('refused');
const OPEN = { s: 'socket' };
const START = 1_000_000;

describe('status$', () => {
  it('is idle again once the delay after the loss of a connection that had lived is over, where nobody dials again', () => {
    marbles(({ cold, expectObservable }, time) => {
      const connection = endpoint(transport(lives(cold('s 19ms #', OPEN, LOST), cold('--s', OPEN))), {
        clock: time,
        retry: { delay: 10, resetAfter: 5 },
      });
      // Whoever has heard of the loss wants no more.
      const once = connection.pipe(
        takeWhile(({ type }) => type !== 'reset'),
        ignoreElements(),
      );

      expectObservable(connection.status$, '^ 60ms !').toBe('(abc) 15ms d 9ms e', {
        a: { state: 'idle', since: 0 },
        b: { state: 'connecting', since: 0 },
        c: { state: 'up', since: 0 },
        d: { state: 'down', since: 20, error: LOST, nextAttemptAt: 30 },
        e: { state: 'idle', since: 30 },
      });
      expectObservable(once, '^ 60ms !').toBe('20ms |');
    });
  });

  it('is idle at once where the last connection was closed on purpose, also before it had proven the endpoint', () => {
    const { clock, transport: dialled, connection } = fakeEndpoint({ retry: { delay: 100, resetAfter: 5_000 } });
    const events = record(connection);
    dialled.last.refuse(REFUSED);
    clock.advance(100);
    dialled.last.accept();
    const told = record(connection.status$);
    events.stop();
    expect(told.last).toEqual({ state: 'idle', since: clock.now() });
  });

  it('goes from idle through connecting, up, down and up again to idle, and keeps since while the state stays', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('   -s---#', OPEN, LOST);
      const refused = cold('--#', OPEN, REFUSED);
      const next = cold('   -s', OPEN);
      const connection = endpoint(transport(lives(life, refused, next)), {
        clock: time,
        retry: { delay: 10, resetAfter: 5 },
      });

      expectObservable(connection.status$, '^ 50ms !').toBe('a-bc---d 9ms e-f 9ms gh----i', {
        a: { state: 'idle', since: 0 },
        b: { state: 'connecting', since: 2 },
        c: { state: 'up', since: 3 },
        d: { state: 'down', since: 7, error: LOST, nextAttemptAt: 17 },
        e: { state: 'down', since: 7, error: LOST },
        f: { state: 'down', since: 7, error: REFUSED, nextAttemptAt: 29 },
        g: { state: 'down', since: 7, error: REFUSED },
        h: { state: 'up', since: 30, error: REFUSED },
        i: { state: 'idle', since: 35 },
      } satisfies Record<string, EndpointStatus>);
      expectObservable(connection, '--^ 32ms !');
      expectSubscriptions(next.subscriptions).toBe('29ms ^-----!');
    });
  });

  it('emits failed when the endpoint gives up, does not error, and goes on after retryNow', () => {
    marbles(({ cold, expectObservable }, time) => {
      const life = cold('   ----s', OPEN);
      const refused = cold('--#', OPEN, REFUSED);
      const connection = endpoint(transport(lives(refused, life)), { clock: time, retry: { count: 0 } });
      time.schedule(() => {
        connection.retryNow();
        connection.subscribe();
      }, 8);

      expectObservable(connection.status$, '^ 20ms !').toBe('a-b-c---(de)f', {
        a: { state: 'idle', since: 0 },
        b: { state: 'connecting', since: 2 },
        c: { state: 'failed', since: 4, error: REFUSED },
        d: { state: 'idle', since: 8 },
        e: { state: 'connecting', since: 8, error: REFUSED },
        f: { state: 'up', since: 12, error: REFUSED },
      });
      expectObservable(connection, '--^ 5ms !');
    });
  });

  it('never dials', () => {
    const { clock, transport, connection } = fakeEndpoint();
    const statuses = record(connection.status$);
    clock.advance(60_000);

    expect(statuses.values).toEqual([{ state: 'idle', since: START }]);
    expect(transport.opens).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('tells each watcher at once how things are, and no more after its unsubscribe', () => {
    const { clock, transport, connection } = fakeEndpoint();
    record(connection);
    clock.advance(5);
    transport.last.accept();
    const early = record(connection.status$);
    early.stop();
    clock.advance(5);
    transport.last.lose(LOST);
    const late = record(connection.status$);

    expect(early.values).toEqual([{ state: 'up', since: START + 5 }]);
    expect(late.values).toMatchObject([{ state: 'down', since: START + 10, error: LOST }]);
  });

  it('is what the status property says at any moment', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10, count: 1 } });
    const seen: boolean[] = [];
    const statuses = record(connection.status$, (status) => seen.push(status === connection.status));
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(10);
    transport.last.refuse(REFUSED);

    expect(statuses.values.map(({ state }) => state)).toEqual(['idle', 'connecting', 'down', 'down', 'failed']);
    expect(seen).toEqual([true, true, true, true, true]);
  });

  it('stays up as long as one of several connections is open', () => {
    const { transport, connection } = fakeEndpoint();
    const statuses = record(connection.status$);
    const [one, other] = [record(connection), record(connection)];
    transport.opens[0]!.accept();
    transport.opens[1]!.accept();
    one.stop();
    expect(connection.status.state).toBe('up');
    other.stop();

    expect(statuses.values.map(({ state }) => state)).toEqual(['idle', 'connecting', 'up', 'idle']);
  });

  it('returns to idle when the only attempt is given up', () => {
    const { transport, connection } = fakeEndpoint();
    const events = record(connection);
    events.stop();

    expect(transport.last.unsubscribed).toBe(true);
    expect(connection.status.state).toBe('idle');
  });

  it('stays down with its error after a failure, also when nobody tries any more', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    events.stop();
    clock.advance(1_000);

    expect(connection.status).toMatchObject({ state: 'down', error: REFUSED });
    expect(transport.opens).toHaveLength(1);
  });

  it('keeps the last error of a flapping endpoint until a connection has lived resetAfter', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10, resetAfter: 1_000 } });
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(10);
    transport.last.accept();
    clock.advance(999);
    expect(connection.status).toEqual({ state: 'up', since: START + 10, error: REFUSED });
    clock.advance(1);

    expect(connection.status).toEqual({ state: 'up', since: START + 10 });
  });

  it('forgets the error of a revived endpoint once a connection has lived resetAfter', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 0, resetAfter: 1_000 } });
    record(connection);
    transport.last.refuse(REFUSED);
    connection.retryNow();
    record(connection);
    transport.last.accept();
    clock.advance(1_000);
    // Another connection, so that there is something to tell.
    record(connection);
    transport.last.accept();

    expect(connection.status).toEqual({ state: 'up', since: START });
  });

  it('leaves out nextAttemptAt while the delay is a notifier of unknown length', () => {
    const { transport, connection } = fakeEndpoint({ retry: { delay: () => new Promise(() => undefined) } });
    record(connection);
    transport.last.refuse(REFUSED);

    expect(connection.status).toEqual({ state: 'down', since: START, error: REFUSED });
  });

  it('emits no status twice in a row to one watcher when another one changes things from its callback', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 500 } });
    record(connection.status$, ({ nextAttemptAt }) => {
      if (nextAttemptAt !== undefined) connection.retryNow();
    });
    const statuses = record(connection.status$);
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(1);

    const { values } = statuses;
    expect(values.filter((status, i) => status === values[i - 1])).toEqual([]);
    expect(values.at(-1)?.state).toBe('down');
    expect(transport.opens).toHaveLength(2);
  });
});
