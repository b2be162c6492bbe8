import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, transport } from '../../src/index.js';
import { borrowMany, borrowNow, handLab, inMarbles, instantLab, record, stockIdle } from './pool-lab.js';

describe('stats', () => {
  it('count connections by state, and what is owned is their sum', () => {
    const { pool, transport: network, clock } = instantLab({ max: 8 });
    const [a, b, c, d] = borrowMany(pool, 4);
    network.onOpen = undefined;
    const waiting = record(pool.borrow());
    network.holdCloses = true;
    network.restore = (socket) => (socket.id === 1 ? new Promise(() => {}) : true);
    waiting.subscription.unsubscribe();
    a!.release();
    b!.release();
    c!.destroy();
    clock.advance(1);
    expect(pool.stats).toMatchObject({
      at: 1_000_001,
      connecting: 1,
      idle: 1,
      lent: 1,
      checking: 1,
      closing: 1,
      owned: 5,
      max: 8,
      waiting: 0,
      utilisation: 1 / 3,
    });
    expect(d!.socket.closed).toBe(false);
  });

  it('count what has happened since the start', () => {
    const { pool, transport: network, clock } = instantLab({ max: 3, maxWaiting: 1, retry: { delay: 1 } });
    const [released, destroyed, detached] = borrowMany(pool, 3);
    record(pool.borrow({ timeout: 5 }));
    record(pool.borrow());
    clock.advance(5);
    record(pool.borrow()).subscription.unsubscribe();
    released!.release();
    destroyed!.destroy();
    detached!.detach();
    borrowNow(pool);
    network.opens[0]!.lose();
    network.onOpen = (attempt) => attempt.refuse();
    const refused = record(pool.borrow());
    clock.advance(1);
    refused.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({
      failed: 1,
      opened: 3,
      borrowed: 4,
      released: 1,
      destroyed: 1,
      detached: 1,
      lost: 1,
      lostLent: 1,
      closed: 1,
      timedOut: 1,
      rejected: 1,
      cancelled: 2,
      queued: 3 + 3,
    });
  });

  it('are 0 at the start, rates and quantiles included', () => {
    const { pool } = instantLab();
    const nothing = { p50: 0, p90: 0, p99: 0, max: 0 };
    expect(pool.stats).toMatchObject({ utilisation: 0, throughput: 0, errorRate: 0 });
    expect(pool.stats).toMatchObject({ connectTime: nothing, waitTime: nothing, useTime: nothing });
  });

  it('are a snapshot that later events do not change', () => {
    const { pool } = instantLab();
    const before = pool.stats;
    borrowNow(pool);
    expect(before).toMatchObject({ lent: 0, borrowed: 0 });
  });

  it('give throughput as loans ended a second, over the last 10 s', () => {
    const { pool, clock } = instantLab({ idleTimeout: Infinity });
    for (let i = 0; i < 300; i++) {
      borrowNow(pool).release();
      clock.advance(100);
    }
    expect(pool.stats.throughput).toBeCloseTo(10, 0);
  });

  it('forget in their rates what is longer ago than 10 s', () => {
    const { pool, clock } = instantLab({ idleTimeout: Infinity });
    for (let i = 0; i < 100; i++) {
      borrowNow(pool).destroy();
      clock.advance(5);
    }
    expect(pool.stats.throughput).toBeGreaterThan(0);
    expect(pool.stats.errorRate).toBe(1);
    clock.advance(60_000);
    expect(pool.stats).toMatchObject({ throughput: 0, errorRate: 0 });
  });

  it('give the error rate as what broke or was refused, of all loans ended or refused', () => {
    const { pool, transport: network, clock } = instantLab({ max: 1, maxWaiting: 1, retry: { delay: 1 } });
    clock.advance(1_000);
    borrowNow(pool).release();
    borrowNow(pool).release();
    borrowNow(pool).destroy();
    const lease = borrowNow(pool);
    record(pool.borrow({ timeout: 5 }));
    record(pool.borrow());
    clock.advance(5);
    network.last.lose();
    expect(lease.socket.closed).toBe(true);
    // 2 released, 1 destroyed, 1 lost while lent; 1 timed out, 1 turned away.
    expect(pool.stats.errorRate).toBeCloseTo((1 + 1 + 1 + 1) / (4 + 2));
  });

  it('give the time to connect from the dialling until the connection is ready', () => {
    const { pool, transport: network, clock } = handLab();
    for (const latency of [10, 20, 30, 40]) {
      record(pool.borrow());
      clock.advance(latency);
      network.last.accept();
    }
    expect(pool.stats.connectTime).toEqual({ p50: 20, p90: 40, p99: 40, max: 40 });
  });

  it('give the time that borrowers waited, 0 where an idle connection was there', () => {
    const { pool, clock } = instantLab({ max: 1 });
    stockIdle(pool, 1);
    const held = borrowNow(pool);
    const waiter = record(pool.borrow());
    clock.advance(80);
    held.release();
    waiter.only.release();
    expect(pool.stats.waitTime).toEqual({ p50: 0, p90: 80, p99: 80, max: 80 });
  });

  it('give the time of the loans', () => {
    const { pool, clock } = instantLab();
    for (const held of [5, 1, 3]) {
      const lease = borrowNow(pool);
      clock.advance(held);
      lease.release();
    }
    expect(pool.stats.useTime).toEqual({ p50: 3, p90: 5, p99: 5, max: 5 });
  });

  it('keep the quantiles of a bounded number of samples', () => {
    const { pool, clock } = instantLab({ idleTimeout: Infinity });
    const loan = (held: number): void => {
      const lease = borrowNow(pool);
      clock.advance(held);
      lease.release();
    };
    loan(1_000);
    for (let i = 0; i < 256 * 17; i++) loan(2);
    expect(pool.stats.useTime).toEqual({ p50: 2, p90: 2, p99: 2, max: 2 });
  });
});

describe('stats$', () => {
  it('emits at once, then each second, and dials nothing', () => {
    inMarbles(({ cold, expectObservable, expectSubscriptions }, clock) => {
      const socket = cold('s');
      const pool = createPool(
        transport(() => socket),
        { clock },
      );
      const unused: unknown = expect.objectContaining({ owned: 0 });
      expectObservable(pool.stats$, '-^ 2500ms !').toBe('-a 999ms a 999ms a', { a: unused });
      expectSubscriptions(socket.subscriptions).toBe([]);
    });
  });

  it('emits its first value within the subscribe', () => {
    const { pool } = instantLab();
    borrowNow(pool);
    expect(record(pool.stats$.pipe(take(1))).only).toEqual(pool.stats);
  });

  it('lets its timer go when it is unsubscribed, and never keeps the process alive', () => {
    const { pool, clock } = instantLab();
    const watch = record(pool.stats$);
    expect(clock.pending).toBe(1);
    expect(clock.keepsAlive).toBe(false);
    clock.advance(3_000);
    expect(clock.keepsAlive).toBe(false);
    expect(watch.values).toHaveLength(4);
    watch.subscription.unsubscribe();
    expect(clock.pending).toBe(0);
  });

  it('completes with a last snapshot when everything has closed, and afterwards at once', async () => {
    const { pool, clock } = instantLab();
    stockIdle(pool, 2);
    const watch = record(pool.stats$);
    await pool.close();
    expect(watch.completed).toBe(true);
    expect(watch.values.map(({ owned }) => owned)).toEqual([2, 0]);
    expect(clock.pending).toBe(0);
    expect(record(pool.stats$)).toMatchObject({ values: [{ owned: 0, closed: 2 }], completed: true });
  });
});

it('the rates take account of what comes first after a quiet window', () => {
  const { pool, clock } = instantLab({ max: 1, maxWaiting: 0, idleTimeout: Infinity });
  clock.advance(60_000);
  record(pool.borrow());
  expect(pool.stats).toMatchObject({ rejected: 1, errorRate: 1 });

  const other = instantLab({ max: 1, idleTimeout: Infinity });
  const lease = borrowNow(other.pool);
  other.clock.advance(60_000);
  lease.release();
  expect(other.pool.stats).toMatchObject({ released: 1, throughput: 1, errorRate: 0 });
});
