import { describe, expect, it } from 'vitest';
import { borrowMany, borrowNow, handLab, instantLab, record } from './pool-lab.js';

describe('lentTime', () => {
  it('grows by what each loan takes, while it lasts', () => {
    const { pool, clock } = instantLab();
    expect(pool.stats.lentTime).toBe(0);
    const [a, b] = borrowMany(pool, 2);
    clock.advance(10);
    expect(pool.stats.lentTime).toBe(20);
    a!.release();
    clock.advance(10);
    expect(pool.stats.lentTime).toBe(30);
    b!.release();
    clock.advance(1_000);
    expect(pool.stats.lentTime).toBe(30);
  });

  it('is the mean of the leases that are out, times the time that passes', () => {
    const { pool, clock } = instantLab();
    const before = pool.stats.lentTime;
    for (let i = 0; i < 10; i++) {
      const lease = borrowNow(pool);
      clock.advance(30);
      lease.release();
      clock.advance(70);
    }
    expect((pool.stats.lentTime - before) / 1_000).toBe(0.3);
  });

  it('ends with the loan, however that ends', () => {
    const { pool, transport, clock } = instantLab();
    const [released, destroyed, detached] = borrowMany(pool, 3);
    borrowNow(pool);
    clock.advance(5);
    released!.release();
    destroyed!.destroy();
    detached!.detach();
    transport.last.lose();
    clock.advance(1_000);
    expect(pool.stats.lentTime).toBe(20);
  });

  it('counts each loan where a connection has several', () => {
    const { pool, clock } = instantLab({ max: 1, concurrency: 3 });
    const [a, b, c] = borrowMany(pool, 3);
    clock.advance(10);
    a!.release();
    clock.advance(10);
    expect(pool.stats.lentTime).toBe(50);
    b!.release();
    c!.release();
    clock.advance(10);
    expect(pool.stats.lentTime).toBe(50);
  });

  it('stays exact when the pool gets old', () => {
    const { pool, clock } = instantLab({ idleTimeout: Infinity, maxLifetime: Infinity });
    clock.advance(365 * 86_400_000);
    const [lease] = borrowMany(pool, 9);
    clock.advance(0.125);
    lease!.release();
    clock.advance(0.125);
    expect(pool.stats.lentTime).toBe(9 * 0.125 + 8 * 0.125);
  });
});

describe('waitingTime', () => {
  it('grows by what each waits, while it waits, and ends with the grant', () => {
    const { pool, transport, clock } = handLab();
    record(pool.borrow());
    record(pool.borrow());
    clock.advance(10);
    expect(pool.stats.waitingTime).toBe(20);
    transport.opens[0]!.accept();
    clock.advance(10);
    expect(pool.stats).toMatchObject({ waitingTime: 30, lentTime: 10 });
  });

  it('ends with the wait, however that ends', async () => {
    const { pool, clock } = handLab();
    const cancelled = record(pool.borrow());
    record(pool.borrow({ timeout: 5 }));
    clock.advance(5);
    cancelled.subscription.unsubscribe();
    clock.advance(1_000);
    expect(pool.stats.waitingTime).toBe(10);
    record(pool.borrow());
    clock.advance(5);
    void pool.close();
    clock.advance(1_000);
    expect(pool.stats.waitingTime).toBe(15);
  });

  it('stays 0 where nobody waits', () => {
    const { pool, clock } = instantLab();
    borrowNow(pool).release();
    clock.advance(1_000);
    expect(pool.stats.waitingTime).toBe(0);
  });
});
