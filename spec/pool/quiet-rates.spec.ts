import { describe, expect, it } from 'vitest';
import { borrowNow, handLab, instantLab, record } from './pool-lab.js';

describe('the rates of a pool that has been quiet for long', () => {
  it('take account of borrowers that are turned away', () => {
    const { pool, clock } = instantLab({ max: 1, maxWaiting: 0, idleTimeout: Infinity });
    record(pool.borrow());
    clock.advance(60_000);
    for (let i = 0; i < 3; i++) record(pool.borrow());
    expect(pool.stats.errorRate).toBe(1);
  });

  it('take account of borrowers whose time is up', () => {
    const { pool, clock } = handLab({ acquireTimeout: 5 });
    clock.advance(60_000);
    for (let i = 0; i < 3; i++) {
      record(pool.borrow());
      clock.advance(5);
    }
    expect(pool.stats.errorRate).toBe(1);
  });
});

describe('a loan that ends with the loss of its connection', () => {
  it('counts in the time of the loans', () => {
    const { pool, clock, transport } = instantLab();
    borrowNow(pool);
    clock.advance(30);
    transport.last.lose();
    expect(pool.stats.useTime.max).toBe(30);
  });
});
