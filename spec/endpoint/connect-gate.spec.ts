import { describe, expect, it } from 'vitest';
import { fakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('refused');

describe('turns', () => {
  it('are given to four attempts at once by default, over all subscribers', () => {
    const { transport, connection } = fakeEndpoint();
    for (let i = 0; i < 10; i++) record(connection);
    record(connection.lifecycle$);

    expect(transport.opens).toHaveLength(4);
    transport.opens[0]!.accept();
    expect(transport.opens).toHaveLength(5);
    transport.opens[1]!.accept();
    expect(transport.opens).toHaveLength(6);
  });

  it.each([1, 2, 7])('are given to maxConnecting %i attempts at once', (maxConnecting) => {
    const { transport, connection } = fakeEndpoint({ maxConnecting });
    for (let i = 0; i < 10; i++) record(connection);
    while (transport.opens.some(({ socket }) => socket === undefined)) {
      expect(transport.opens.filter(({ socket }) => socket === undefined).length).toBeLessThanOrEqual(maxConnecting);
      transport.opens.find(({ socket }) => socket === undefined)?.accept();
    }

    expect(transport.opens).toHaveLength(10);
  });

  it('are not counted against the subscribers of another endpoint', () => {
    const [one, other] = [fakeEndpoint({ maxConnecting: 1 }), fakeEndpoint({ maxConnecting: 1 })];
    record(one.connection);
    record(other.connection);

    expect(other.transport.opens).toHaveLength(1);
  });

  it('pass on when an attempt is given up', () => {
    const { transport, connection } = fakeEndpoint({ maxConnecting: 1 });
    const first = record(connection);
    record(connection);
    first.stop();

    expect(transport.opens).toHaveLength(2);
  });

  it('pass on only after the attempt that was given up has been aborted', () => {
    const { transport, connection } = fakeEndpoint({ maxConnecting: 1 });
    const first = record(connection);
    record(connection);
    first.stop();

    expect(transport.mostActive).toBe(1);
  });

  it('come first come first served', () => {
    const { transport, connection } = fakeEndpoint({ maxConnecting: 1 });
    const served: number[] = [];
    for (let i = 0; i < 5; i++) {
      record(connection, ({ type }) => {
        if (type === 'connecting') served.push(i);
      });
    }
    while (transport.opens.length < 5) transport.last.accept();

    expect(served).toEqual([0, 1, 2, 3, 4]);
  });

  it('are not overtaken by a newcomer from within the callback of an event', () => {
    const { transport, connection } = fakeEndpoint({ maxConnecting: 1 });
    const served: string[] = [];
    const subscribe = (name: string): unknown =>
      record(connection, ({ type }) => {
        if (type === 'connecting') served.push(name);
        if (type === 'connected' && name === 'first') subscribe('newcomer');
      });
    for (const name of ['first', 'second', 'third']) subscribe(name);
    while (transport.opens.length < 4) transport.last.accept();

    expect(served).toEqual(['first', 'second', 'third', 'newcomer']);
  });
});

describe('while an endpoint is down', () => {
  it('one probe goes out at a time, however many wait', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    for (let i = 0; i < 50; i++) record(connection);
    for (const attempt of transport.opens.slice()) attempt.refuse(REFUSED);
    clock.advance(99);
    expect(transport.opens).toHaveLength(4);
    clock.advance(1);
    expect(transport.opens).toHaveLength(5);
    clock.advance(10_000);
    expect(transport.opens).toHaveLength(5);
    transport.last.refuse(REFUSED);
    clock.advance(100);

    expect(transport.opens).toHaveLength(6);
    expect(transport.active).toBe(1);
  });

  it('a newcomer waits for its turn like the others', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    record(connection);
    transport.last.refuse(REFUSED);
    const late = record(connection);
    expect(late.values).toEqual([]);
    clock.advance(100);
    transport.last.accept();
    clock.advance(100);
    transport.last.accept();

    expect(late.values).toMatchObject([
      { type: 'connecting', attempt: 1 },
      { type: 'connected', latency: 0 },
    ]);
  });

  it('those who wait are probed for in turn', () => {
    const { clock, transport, connection } = fakeEndpoint({ maxConnecting: 3, retry: { delay: 100 } });
    const served: number[] = [];
    for (let i = 0; i < 3; i++) {
      record(connection, ({ type }) => {
        if (type === 'connecting') served.push(i);
      });
    }
    for (const attempt of transport.opens.slice()) attempt.refuse(REFUSED);
    for (let i = 0; i < 6; i++) {
      clock.advance(100);
      transport.last.refuse(REFUSED);
    }

    expect(served).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  it('a waiter that leaves passes its turn on, and no delay starts over', () => {
    const { clock, transport, connection } = fakeEndpoint({ maxConnecting: 1, retry: { delay: 100 } });
    const [first] = [record(connection), record(connection)];
    transport.last.refuse(REFUSED);
    clock.advance(60);
    first.stop();
    clock.advance(39);
    expect(transport.opens).toHaveLength(1);
    clock.advance(1);

    expect(transport.opens).toHaveLength(2);
  });

  it('a probe that is given up passes on at once', () => {
    const { clock, transport, connection } = fakeEndpoint({ maxConnecting: 1, retry: { delay: 100 } });
    const [, probing] = [record(connection), record(connection)];
    transport.last.refuse(REFUSED);
    clock.advance(100);
    expect(typesOf(probing)).toEqual(['connecting']);
    probing.stop();
    clock.advance(0);

    expect(transport.opens).toHaveLength(3);
    expect(transport.active).toBe(1);
  });

  it('several attempts that fail together count as one failure', () => {
    const attempts: number[] = [];
    const { clock, transport, connection } = fakeEndpoint({
      retry: {
        delay: (_error, attempt) => {
          attempts.push(attempt);
          return new Promise(() => undefined);
        },
      },
    });
    for (let i = 0; i < 4; i++) record(connection);
    for (const attempt of transport.opens.slice()) {
      attempt.refuse(REFUSED);
      clock.advance(1);
    }

    expect(attempts).toEqual([1]);
  });

  it('several connections lost together count as one failure', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 1, delay: 100 } });
    const all = Array.from({ length: 4 }, () => record(connection));
    for (const attempt of transport.opens.slice()) attempt.accept();
    clock.advance(1_000);
    for (const attempt of transport.opens.slice()) attempt.lose(new Error('the server went away'));

    expect(all.flatMap(({ errors }) => errors)).toEqual([]);
    expect(all.map(({ last }) => last)).toMatchObject(Array(4).fill({ type: 'reset', retryIn: 100 }));
  });

  it('nothing is timed once nobody waits', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    expect(clock.pending).toBe(1);
    expect(clock.keepsAlive).toBe(true);
    events.stop();

    expect(clock.pending).toBe(0);
  });
});
