import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { borrowMany, borrowNow, handLab, instantLab, record, stockIdle } from './pool-lab.js';

describe('max', () => {
  it('is the most connections that are dialled or open at once', () => {
    const { pool, transport } = handLab({ max: 3, maxConnecting: 100 });
    const waiters = Array.from({ length: 10 }, () => record(pool.borrow()));
    expect(transport.opens).toHaveLength(3);
    for (const attempt of transport.opens) attempt.accept();
    expect(waiters.filter(({ values }) => values.length === 1)).toHaveLength(3);
    expect(transport.mostActive).toBe(3);
    expect(pool.stats).toMatchObject({ owned: 3, lent: 3, waiting: 7, max: 3 });
  });

  it('is 10 by default', () => {
    const { pool, transport } = instantLab({ maxConnecting: 100 });
    Array.from({ length: 20 }, () => record(pool.borrow()));
    expect(transport.opens).toHaveLength(10);
  });

  it('counts a connection until it has closed: the old one breaks before the new one is made', () => {
    const { pool, transport } = instantLab({ max: 1 });
    transport.holdCloses = true;
    const lease = borrowNow(pool);
    const waiter = record(pool.borrow());
    lease.destroy();
    expect(pool.stats).toMatchObject({ closing: 1, owned: 1, waiting: 1 });
    expect(transport.opens).toHaveLength(1);
    transport.closes[0]!.finish();
    expect(transport.opens).toHaveLength(2);
    expect(waiter.values).toHaveLength(1);
    expect(transport.mostActive).toBe(1);
  });

  it('frees the slot of a failed attempt for the next one', () => {
    const { pool, transport, clock } = handLab({ max: 1, retry: { delay: 10 } });
    const waiter = record(pool.borrow());
    transport.last.refuse();
    expect(pool.stats.owned).toBe(0);
    clock.advance(10);
    transport.last.accept();
    expect(waiter.values).toHaveLength(1);
  });
});

describe('how many connections are dialled', () => {
  it('is as many as there are waiters, not more', () => {
    const { pool, transport } = handLab();
    for (let i = 1; i <= 3; i++) {
      record(pool.borrow());
      expect(transport.opens).toHaveLength(i);
    }
  });

  it('is none for a waiter whose connect another waiter has left behind', () => {
    const { pool, transport } = handLab();
    record(pool.borrow()).subscription.unsubscribe();
    const waiter = record(pool.borrow());
    expect(transport.opens).toHaveLength(1);
    transport.last.accept();
    expect(waiter.values).toHaveLength(1);
  });

  it('is bounded by maxConnecting at a time, for a transport given to the pool', () => {
    const { pool, transport } = handLab({ maxConnecting: 2 });
    const waiters = Array.from({ length: 5 }, () => record(pool.borrow()));
    expect(transport.active).toBe(2);
    for (let i = 0; i < 5; i++) transport.opens[i]!.accept();
    expect(waiters.every(({ values }) => values.length === 1)).toBe(true);
  });

  it('is 4 at a time by default', () => {
    const { pool, transport } = handLab();
    Array.from({ length: 9 }, () => record(pool.borrow()));
    expect(transport.active).toBe(4);
  });
});

describe('min', () => {
  it('is 0 by default: nothing is dialled before somebody borrows', () => {
    const { pool, transport, clock } = instantLab();
    clock.advance(60_000);
    expect(transport.opens).toHaveLength(0);
    expect(pool.status.state).toBe('idle');
  });

  it('is opened a turn after the pool is made, so that its maker can listen first', () => {
    const { pool, transport, clock } = instantLab({ min: 3 });
    expect(transport.opens).toHaveLength(0);
    const events = record(pool.events$);
    clock.turn();
    expect(transport.opens).toHaveLength(3);
    expect(events.values.filter(({ type }) => type === 'opened')).toHaveLength(3);
    expect(pool.stats.idle).toBe(3);
  });

  it('is kept although nobody borrows for longer than idleTimeout', () => {
    const { pool, clock } = instantLab({ min: 2, idleTimeout: 100 });
    clock.turn();
    clock.advance(100_000);
    expect(pool.stats).toMatchObject({ idle: 2, opened: 2 });
  });

  it('is made up again after a loss', () => {
    const { pool, transport, clock } = instantLab({ min: 2, retry: { delay: 10 } });
    clock.turn();
    transport.opens[0]!.lose();
    transport.opens[1]!.lose();
    clock.advance(10_000);
    expect(pool.stats).toMatchObject({ idle: 2, lost: 2 });
  });

  it('is made up again after a destroy', () => {
    const { pool, clock } = instantLab({ min: 1 });
    clock.turn();
    borrowNow(pool).destroy();
    expect(pool.stats).toMatchObject({ idle: 1, opened: 2 });
  });
});

describe('minPerEndpoint and maxPerEndpoint', () => {
  function twoEndpoints(config: Parameters<typeof createPool>[1]): {
    pool: ReturnType<typeof createPool>;
    a: ReturnType<typeof fakeTransport>;
    b: ReturnType<typeof fakeTransport>;
    clock: VirtualClock;
  } {
    const clock = new VirtualClock();
    const a = fakeTransport('a:1');
    const b = fakeTransport('b:1');
    for (const transport of [a, b]) transport.onOpen = (attempt) => attempt.accept();
    return { pool: createPool([a, b], { clock, ...config }), a, b, clock };
  }

  it('opens so many on each endpoint, and keeps them', () => {
    const { a, b, clock } = twoEndpoints({ minPerEndpoint: 2, idleTimeout: 50 });
    clock.turn();
    expect([a.active, b.active]).toEqual([2, 2]);
    clock.advance(100_000);
    expect([a.active, b.active]).toEqual([2, 2]);
    expect([a.subscribed, b.subscribed]).toEqual([2, 2]);
  });

  it('opens on an endpoint that has too few although the total has enough', () => {
    const { a, b, clock } = twoEndpoints({ min: 2, minPerEndpoint: 1, retry: { delay: 10 } });
    clock.turn();
    expect([a.active, b.active]).toEqual([1, 1]);
    a.opens[0]!.lose();
    clock.advance(100);
    expect(a.active).toBe(1);
  });

  it('opens no more than maxPerEndpoint on each', () => {
    const { pool, a, b } = twoEndpoints({ maxPerEndpoint: 2, maxConnecting: 10 });
    Array.from({ length: 8 }, () => record(pool.borrow()));
    expect([a.active, b.active]).toEqual([2, 2]);
    expect(pool.stats.waiting).toBe(4);
  });

  it('counts what closes towards maxPerEndpoint', () => {
    const { pool, a, b } = twoEndpoints({ maxPerEndpoint: 1 });
    a.holdCloses = true;
    const leases = [pool.borrow(), pool.borrow()].map((one) => record(one).only);
    for (const lease of leases) if (lease.endpoint.address === 'a:1') lease.destroy();
    const waiter = record(pool.borrow());
    expect([a.subscribed, b.subscribed]).toEqual([1, 1]);
    expect(waiter.values).toEqual([]);
    a.closes[0]!.finish();
    expect(a.subscribed).toBe(2);
    expect(waiter.values).toHaveLength(1);
  });
});

describe('idleTimeout', () => {
  it('closes a connection that has been idle for exactly so long, in good order', () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: 500 });
    borrowNow(pool).release();
    clock.advance(499);
    expect(pool.stats.idle).toBe(1);
    clock.advance(1);
    expect(transport.closes).toMatchObject([{ force: false }]);
    expect(pool.stats).toMatchObject({ owned: 0, closed: 1 });
  });

  it('is 30 s by default', () => {
    const { pool, clock } = instantLab();
    borrowNow(pool).release();
    clock.advance(29_999);
    expect(pool.stats.idle).toBe(1);
    clock.advance(1);
    expect(pool.stats.owned).toBe(0);
  });

  it('counts from the last loan', () => {
    const { pool, clock } = instantLab({ idleTimeout: 500 });
    borrowNow(pool).release();
    clock.advance(400);
    borrowNow(pool).release();
    clock.advance(499);
    expect(pool.stats.idle).toBe(1);
    clock.advance(1);
    expect(pool.stats.idle).toBe(0);
  });

  it('closes each connection at its own time', () => {
    const { pool, clock } = instantLab({ idleTimeout: 500 });
    const [first, second, third] = borrowMany(pool, 3);
    const idle: number[] = [];
    for (const lease of [first!, second!, third!]) {
      lease.release();
      clock.advance(100);
    }
    for (let at = 300; at <= 700; at += 100) {
      idle.push(pool.stats.idle);
      clock.advance(100);
    }
    expect(idle).toEqual([3, 3, 2, 1, 0]);
  });

  it('goes down to min', () => {
    const { pool, clock } = instantLab({ idleTimeout: 500, min: 2 });
    clock.turn();
    stockIdle(pool, 5);
    clock.advance(500);
    expect(pool.stats).toMatchObject({ idle: 2, closed: 3 });
  });

  it('never closes with Infinity', () => {
    const { pool, clock } = instantLab({ idleTimeout: Infinity, maxLifetime: Infinity });
    stockIdle(pool, 2);
    clock.advance(5 * 86_400_000);
    expect(pool.stats).toMatchObject({ idle: 2, closed: 0 });
  });

  it('does not touch what is lent', () => {
    const { pool, clock } = instantLab({ idleTimeout: 500 });
    const lease = borrowNow(pool);
    clock.advance(10_000);
    expect(lease.socket.closed).toBe(false);
  });
});

describe('order', () => {
  it('lends the connection used last with lifo, the default', () => {
    for (const config of [{}, { order: 'lifo' } as const]) {
      const { pool } = instantLab(config);
      const sockets = stockIdle(pool, 3);
      expect(borrowMany(pool, 3).map(({ socket }) => socket)).toEqual([...sockets].reverse());
    }
  });

  it('lends the longest idle with fifo', () => {
    const { pool } = instantLab({ order: 'fifo' });
    const sockets = stockIdle(pool, 3);
    expect(borrowMany(pool, 3).map(({ socket }) => socket)).toEqual(sockets);
  });

  it('with lifo lets the others expire under a light load', () => {
    const { pool, clock } = instantLab({ idleTimeout: 100 });
    stockIdle(pool, 3);
    for (let i = 0; i < 10; i++) {
      clock.advance(20);
      borrowNow(pool).release();
    }
    expect(pool.stats.idle).toBe(1);
  });
});

describe('a lost idle connection', () => {
  it('is out of the pool at once', () => {
    const { pool, transport } = instantLab();
    stockIdle(pool, 2);
    transport.opens[1]!.lose();
    expect(pool.stats).toMatchObject({ idle: 1, owned: 1, lost: 1, lostLent: 0 });
    expect(borrowNow(pool).socket).toBe(transport.opens[0]!.socket);
  });

  it('is not dialled again while nobody needs it', () => {
    const { pool, transport, clock } = instantLab({ retry: { delay: 10 } });
    stockIdle(pool, 1);
    clock.advance(10_000);
    transport.last.lose();
    clock.advance(10_000);
    expect(transport.opens).toHaveLength(1);
  });
});
