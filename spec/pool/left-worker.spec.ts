import { describe, expect, it } from 'vitest';
import { instantLab, record } from './pool-lab.js';

describe('a worker that has unsubscribed', () => {
  it('is not lent anything when it gives its last socket back', () => {
    const { pool, clock } = instantLab();
    const worker = record(pool.available$);
    clock.advance(10);
    worker.subscription.unsubscribe();
    worker.only.release();
    expect(pool.stats).toMatchObject({ borrowed: 1, released: 1, idle: 1 });
  });

  it('does not queue again a turn later either', () => {
    const { pool, clock, transport } = instantLab({ max: 1 });
    const worker = record(pool.available$);
    worker.only.destroy();
    worker.subscription.unsubscribe();
    const { queued } = pool.stats;
    clock.turn();
    expect(pool.stats).toMatchObject({ queued, waiting: 0, owned: 0 });
    expect(transport.opens).toHaveLength(1);
  });
});
