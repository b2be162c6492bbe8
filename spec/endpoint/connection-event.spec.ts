import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/endpoint/connection-lost-error.js';
import type { ConnectionEvent } from '../../src/endpoint/connection-event.js';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { RetriesExhaustedError } from '../../src/endpoint/retries-exhausted-error.js';
import { transport } from '../../src/endpoint/transport.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { lives, marbles } from './marbles.js';
import { record } from './record.js';

type Event = ConnectionEvent<string, string>;

const LOST = new Error('lost');
const REFUSED = new Error('refused');
const OPEN = { s: 'socket' };

describe('the events of a connection', () => {
  it('tell of connecting, the connection, its data, its loss and the next connection, each with all its fields', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('-s---#', OPEN, LOST);
      const bytes = cold(' -xy', { x: 'one', y: 'two' });
      const target = transport(() => life, { data: () => bytes });
      const connection = endpoint(target, { clock: time, retry: { delay: 10 } });

      expectObservable(connection, '^ 18ms !').toBe('abcd-e 9ms fghi', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'connected', socket: 'socket', latency: 1, at: 1 },
        c: { type: 'data', data: 'one', at: 2 },
        d: { type: 'data', data: 'two', at: 3 },
        e: { type: 'reset', error: LOST, retryIn: 10, at: 5 },
        f: { type: 'connecting', attempt: 1, at: 15 },
        g: { type: 'reconnected', socket: 'socket', latency: 1, downtime: 11, at: 16 },
        h: { type: 'data', data: 'one', at: 17 },
        i: { type: 'data', data: 'two', at: 18 },
      } satisfies Record<string, Event>);
      expectSubscriptions(life.subscriptions).toBe(['^----!', '15ms ^---!']);
      expectSubscriptions(bytes.subscriptions).toBe(['-^---!', '16ms ^--!']);
    });
  });

  it('tell of each failed attempt, which one it was and how long until the next', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const refused = cold('--#', OPEN, REFUSED);
      const life = cold('---s', OPEN);
      const connection = endpoint(transport(lives(refused, refused, life)), {
        clock: time,
        retry: { delay: 10 },
      });

      expectObservable(connection, '^ 29ms !').toBe('a-b 9ms c-d 9ms e--f', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'failed', error: REFUSED, attempt: 1, retryIn: 10, at: 2 },
        c: { type: 'connecting', attempt: 2, at: 12 },
        d: { type: 'failed', error: REFUSED, attempt: 2, retryIn: 10, at: 14 },
        e: { type: 'connecting', attempt: 3, at: 24 },
        f: { type: 'connected', socket: 'socket', latency: 3, at: 27 },
      } satisfies Record<string, Event>);
      expectSubscriptions(refused.subscriptions).toBe(['^-!', '12ms ^-!']);
      expectSubscriptions(life.subscriptions).toBe('24ms ^-----!');
    });
  });

  it('count attempts anew after a success, and the downtime from the loss over all failures', () => {
    marbles(({ cold, expectObservable }, time) => {
      const life = cold('   -s---#', OPEN, LOST);
      const refused = cold('--#', OPEN, REFUSED);
      const next = cold('   -s', OPEN);
      const connection = endpoint(transport(lives(life, refused, next)), { clock: time, retry: { delay: 10 } });

      expectObservable(connection, '^ 29ms !').toBe('ab---c 9ms d-e 9ms fg', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'connected', socket: 'socket', latency: 1, at: 1 },
        c: { type: 'reset', error: LOST, retryIn: 10, at: 5 },
        d: { type: 'connecting', attempt: 1, at: 15 },
        e: { type: 'failed', error: REFUSED, attempt: 1, retryIn: 10, at: 17 },
        f: { type: 'connecting', attempt: 2, at: 27 },
        g: { type: 'reconnected', socket: 'socket', latency: 1, downtime: 23, at: 28 },
      } satisfies Record<string, Event>);
    });
  });

  it('end with an error when the endpoint gives up, after the last failure has been told without a retryIn', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const refused = cold('--#', OPEN, REFUSED);
      const connection = endpoint(
        transport(() => refused, { address: 'far:1' }),
        { clock: time, retry: { count: 1, delay: 10 } },
      );

      expectObservable(connection).toBe(
        'a-b 9ms c-(d#)',
        {
          a: { type: 'connecting', attempt: 1, at: 0 },
          b: { type: 'failed', error: REFUSED, attempt: 1, retryIn: 10, at: 2 },
          c: { type: 'connecting', attempt: 2, at: 12 },
          d: { type: 'failed', error: REFUSED, attempt: 2, at: 14 },
        } satisfies Record<string, Event>,
        new RetriesExhaustedError('far:1', 2, REFUSED),
      );
      expectSubscriptions(refused.subscriptions).toBe(['^-!', '12ms ^-!']);
    });
  });

  it('never complete by themselves: a transport that completes has lost the connection', () => {
    marbles(({ cold, expectObservable }, time) => {
      const life = cold('-s---|', OPEN);
      const connection = endpoint(
        transport(() => life, { address: 'far:1' }),
        { clock: time, retry: { delay: 10 } },
      );

      expectObservable(connection, '^ 13ms !').toBe('ab---c', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'connected', socket: 'socket', latency: 1, at: 1 },
        c: { type: 'reset', error: new ConnectionLostError('far:1'), retryIn: 10, at: 5 },
      } satisfies Record<string, Event>);
    });
  });

  it('leave out data on lifecycle$, where nothing reads the socket', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('-s---#', OPEN, LOST);
      const bytes = cold('-xy', { x: 'one', y: 'two' });
      const target = transport(() => life, { data: () => bytes });
      const { lifecycle$ } = endpoint(target, { clock: time, retry: { delay: 10 } });

      expectObservable(lifecycle$, '^ 18ms !').toBe('ab---c 9ms de', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'connected', socket: 'socket', latency: 1, at: 1 },
        c: { type: 'reset', error: LOST, retryIn: 10, at: 5 },
        d: { type: 'connecting', attempt: 1, at: 15 },
        e: { type: 'reconnected', socket: 'socket', latency: 1, downtime: 11, at: 16 },
      } satisfies Record<string, Event>);
      expectSubscriptions(life.subscriptions).toBe(['^----!', '15ms ^---!']);
      expectSubscriptions(bytes.subscriptions).toBe([]);
    });
  });

  it('are cold: nothing is dialled before a subscription, and each has a connection of its own', () => {
    marbles(({ cold, expectSubscriptions, expectObservable }, time) => {
      const life = cold('-s', OPEN);
      const connection = endpoint(
        transport(() => life),
        { clock: time },
      );
      const twoEvents = (start: number): Record<string, Event> => ({
        a: { type: 'connecting', attempt: 1, at: start },
        b: { type: 'connected', socket: 'socket', latency: 1, at: start + 1 },
      });

      expectObservable(connection, '--^-----!').toBe('--ab', twoEvents(2));
      expectObservable(connection, '----^--------!').toBe('----ab', twoEvents(4));
      expectSubscriptions(life.subscriptions).toBe(['--^-----!', '----^--------!']);
    });
  });

  it('stop at the unsubscribe, which aborts an attempt, closes a connection and drops a delay', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('--s--#', OPEN, LOST);
      const target = transport(() => life);
      const connecting: Event = { type: 'connecting', attempt: 1, at: 0 };

      expectObservable(endpoint(target, { clock: time }), '^!').toBe('a', { a: connecting });
      expectSubscriptions(life.subscriptions).toBe(['^!', '^--!', '^----!']);
      expectObservable(endpoint(target, { clock: time }), '^--!').toBe('a-b', {
        a: connecting,
        b: { type: 'connected', socket: 'socket', latency: 2, at: 2 },
      } satisfies Record<string, Event>);
      expectObservable(endpoint(target, { clock: time, retry: { delay: 10 } }), '^-------!').toBe('a-b--c', {
        a: connecting,
        b: { type: 'connected', socket: 'socket', latency: 2, at: 2 },
        c: { type: 'reset', error: LOST, retryIn: 10, at: 5 },
      } satisfies Record<string, Event>);
    });
  });

  it('stamp the time of day of the clock, and go on after the peer has ended its data', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
    const events = record(connection);
    clock.advance(7);
    const socket = transport.last.accept();
    transport.last.push('bye');
    socket.data.complete();
    clock.advance(5);
    transport.last.lose(LOST);

    expect(events.values).toEqual([
      { type: 'connecting', attempt: 1, at: 1_000_000 },
      { type: 'connected', socket, latency: 7, at: 1_000_007 },
      { type: 'data', data: 'bye', at: 1_000_007 },
      { type: 'reset', error: LOST, retryIn: 10, at: 1_000_012 },
    ]);
    expect(events.completed).toBe(false);
  });

  it('hand on the very socket that the transport opened', () => {
    const { transport, connection } = fakeEndpoint();
    const events = record(connection);
    const socket = transport.last.accept();

    const connected = events.last;
    expect(connected?.type === 'connected' && connected.socket).toBe(socket);
  });

  it('have each subscription read its own socket and close only that', () => {
    const { transport, connection } = fakeEndpoint();
    const [one, other] = [record(connection), record(connection)];
    const [first, second] = [transport.opens[0]!, transport.opens[1]!];
    first.accept();
    second.accept();
    first.push('for one');
    second.push('for the other');
    one.stop();

    expect(one.last).toMatchObject({ data: 'for one' });
    expect(other.last).toMatchObject({ data: 'for the other' });
    expect([first.unsubscribed, second.unsubscribed]).toEqual([true, false]);
    expect(transport.reading).toBe(1);
  });
});
