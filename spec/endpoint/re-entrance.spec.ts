import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../../src/endpoint/connection-event.js';
import { fakeEndpoint, type FakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';
import { unhandledDuring } from './unhandled.js';

type EventType = ConnectionEvent<unknown, unknown>['type'];

const LOST = new Error('lost');
const REFUSED = new Error('refused');
const EVERY: readonly EventType[] = ['connecting', 'failed', 'connected', 'data', 'reset', 'reconnected'];

/** Leads whoever subscribes through a life with every type of event, as far as somebody is there. */
function liveThrough({ clock, transport }: FakeEndpoint): void {
  const answers = ['refuse', 'accept', 'lose', 'accept'] as const;
  for (const answer of answers) {
    for (const attempt of transport.opens.slice()) {
      if (attempt.isOver) continue;
      if (answer === 'refuse') attempt.refuse(REFUSED);
      else if (answer === 'lose') attempt.lose(LOST);
      else if (attempt.socket === undefined) {
        attempt.accept();
        attempt.push('data');
      }
    }
    if (answer !== 'accept') clock.advance(100);
  }
}

/** Nothing of the first subscriber is left: a second one gets its turn and connects. */
function expectFree({ clock, transport, connection }: FakeEndpoint): void {
  expect(transport.active).toBe(0);
  expect(transport.reading).toBe(0);
  expect(clock.pending).toBe(0);
  const dialled = transport.opens.length;
  for (let i = 0; i < 4; i++) record(connection);
  clock.advance(10_000);
  expect(transport.opens.length).toBeGreaterThan(dialled);
  transport.opens.slice(dialled).forEach((attempt) => attempt.accept());
  expect(connection.status.state).toBe('up');
}

describe('unsubscribing in the callback of an event', () => {
  it.each(EVERY)('%s ends all there is of the subscription', (type) => {
    const all = fakeEndpoint({ retry: { delay: 100 } });
    const events = record(all.connection, (event, self) => {
      if (event.type === type) self.stop();
    });
    liveThrough(all);

    expect(events.last?.type).toBe(type);
    expectFree(all);
  });

  it.each(EVERY)('%s costs those who wait beside it nothing', (type) => {
    const all = fakeEndpoint({ maxConnecting: 1, retry: { delay: 100 } });
    record(all.connection, (event, self) => {
      if (event.type === type) self.stop();
    });
    liveThrough(all);
    const other = record(all.connection);
    for (let i = 0; i < 100 && !typesOf(other).includes('connected'); i++) {
      all.clock.advance(100);
      for (const attempt of all.transport.opens) if (!attempt.isOver && attempt.socket === undefined) attempt.accept();
    }

    expect(typesOf(other)).toEqual(['connecting', 'connected']);
  });

  it('reset, while another connection is up and turns are free, takes no turn', () => {
    const all = fakeEndpoint({ maxConnecting: 1, retry: { resetAfter: 1_000 } });
    const { clock, transport, connection } = all;
    record(connection);
    transport.last.accept();
    record(connection, (event, self) => {
      if (event.type === 'reset') self.stop();
    });
    transport.last.accept();
    clock.advance(1_000);
    transport.last.lose(LOST);
    expect(transport.opens).toHaveLength(2);
    record(connection);

    expect(transport.opens).toHaveLength(3);
  });

  it('the first connecting, still within the subscribe, dials nothing', () => {
    const all = fakeEndpoint();
    all.connection.pipe(take(1)).subscribe();

    expect(all.transport.opens).toHaveLength(0);
    expectFree(all);
  });

  it('connecting before a retry dials nothing', () => {
    const all = fakeEndpoint({ retry: { delay: 100 } });
    record(all.connection, (event, self) => {
      if (event.type === 'connecting' && event.attempt === 2) self.stop();
    });
    all.transport.last.refuse(REFUSED);
    all.clock.advance(100);

    expect(all.transport.opens).toHaveLength(1);
    expectFree(all);
  });

  it.each<[EventType, attempt: number]>([
    ['connecting', 0],
    ['connecting', 1],
    ['connected', 0],
    ['connected', 1],
  ])('%s of attempt %i leaves nothing open or read when sockets open at once', (type, nth) => {
    const all = fakeEndpoint({ retry: { delay: 100 } });
    const { clock, transport } = all;
    transport.onOpen = (attempt) => (attempt.id < nth ? attempt.refuse(REFUSED) : attempt.accept());
    let dials = -1;
    record(all.connection, (event, self) => {
      if (event.type === 'connecting') dials++;
      if (event.type === type && dials === nth) self.stop();
    });
    clock.advance(1_000);

    expect(transport.active).toBe(0);
    expect(transport.reads).toBe(0);
    expect(all.connection.status.state).not.toBe('up');
    transport.onOpen = undefined;
    expectFree(all);
  });

  it.each(['up', 'down'] as const)('of status$ at %s is safe for the connection it is about', (state) => {
    const all = fakeEndpoint({ retry: { delay: 100 } });
    const events = record(all.connection);
    record(all.connection.status$, (status) => {
      if (status.state === state) events.stop();
    });
    liveThrough(all);

    expectFree(all);
  });
});

describe('retryNow in a callback', () => {
  it.each(EVERY)('of %s leads to no dial before the event loop has turned, and to no second attempt', (type) => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 5_000 } });
    let dialled = 0;
    const events = record(connection, (event) => {
      if (event.type !== type) return;
      const before = transport.opens.length;
      connection.retryNow();
      dialled += transport.opens.length - before;
    });
    transport.last.refuse(REFUSED);
    clock.advance(5_000);
    transport.last.accept();
    transport.last.push('data');
    transport.last.lose(LOST);
    clock.advance(5_000);
    transport.last.accept();
    clock.advance(5_000);

    expect(dialled).toBe(0);
    expect(transport.opens).toHaveLength(3);
    expect(events.last).toMatchObject({ type: 'reconnected' });
  });

  it('of the error that says the endpoint gave up lets the same observer start anew', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 0 } });
    const types: string[] = [];
    let revivals = 0;
    const start = (): void => {
      connection.subscribe({
        next: ({ type }) => types.push(type),
        error: () => {
          if (revivals++ === 3) return;
          connection.retryNow();
          start();
        },
      });
    };
    transport.onOpen = (attempt) => (attempt.id < 2 ? attempt.refuse(REFUSED) : attempt.accept());
    start();
    clock.advance(10);

    expect(types).toEqual(['connecting', 'failed', 'connecting', 'failed', 'connecting', 'connected']);
  });
});

describe('a handler that throws', () => {
  it.each(EVERY)('in %s is reported and harms nobody, not even itself', async (type) => {
    const all = fakeEndpoint({ retry: { delay: 100 } });
    const thrown = new Error(`thrown in ${type}`);
    const types: string[] = [];
    let throws = 0;
    const other = record(all.connection.status$);
    const errors = await unhandledDuring(1, () => {
      all.connection.subscribe((event) => {
        types.push(event.type);
        if (event.type === type && throws++ === 0) throw thrown;
      });
      liveThrough(all);
    });

    expect(errors).toEqual([thrown]);
    expect(types).toEqual([
      ...['connecting', 'failed', 'connecting', 'connected', 'data', 'reset'],
      ...['connecting', 'reconnected', 'data'],
    ]);
    expect(other.last?.state).toBe('up');
  });

  it('in status$ is reported and leaves connection and other watchers alone', async () => {
    const { transport, connection } = fakeEndpoint();
    const thrown = new Error('thrown by a watcher');
    const errors = await unhandledDuring(3, () => {
      connection.status$.subscribe(() => {
        throw thrown;
      });
      const other = record(connection.status$);
      const events = record(connection);
      transport.last.accept();

      expect(other.values.map(({ state }) => state)).toEqual(['idle', 'connecting', 'up']);
      expect(typesOf(events)).toEqual(['connecting', 'connected']);
    });

    expect(errors).toEqual([thrown, thrown, thrown]);
  });

  it('without an error callback has the give-up reported as unhandled', async () => {
    const { transport, connection } = fakeEndpoint({ retry: { count: 0 } });
    const errors = await unhandledDuring(1, () => {
      connection.subscribe();
      transport.last.refuse(REFUSED);
    });

    expect(errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: REFUSED }]);
  });
});
