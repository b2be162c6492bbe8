import { expect, it } from 'vitest';
import { borrowMany, borrowNow, instantLab } from './pool-lab.js';

it('lends the one with the fewest leases', () => {
  const { pool } = instantLab({ max: 2, concurrency: 4 });
  const leases = borrowMany(pool, 8);
  for (const lease of leases.filter(({ socket }) => socket.id === 0).slice(0, 1)) lease.release();
  for (const lease of leases.filter((one) => !one.isOver && one.socket.id === 1).slice(0, 3)) lease.release();
  expect([borrowNow(pool), borrowNow(pool)].map(({ socket }) => socket.id)).toEqual([1, 1]);
});
