import { expect, it } from 'vitest';
import { borrowNow, instantLab, reportOf } from './pool-lab.js';

it('the timeout of a close keeps the process alive while somebody holds a socket, and no longer', async () => {
  const { pool, clock } = instantLab();
  const lease = borrowNow(pool);
  const report = pool.close();
  expect(clock.keepsAlive).toBe(true);
  lease.release();

  expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 0, left: 0 });
  expect(clock.pending).toBe(0);
});
