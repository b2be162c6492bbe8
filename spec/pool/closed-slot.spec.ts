import { expect, it } from 'vitest';
import { borrowMany, borrowNow, instantLab } from './pool-lab.js';

it('holds one less after an empty slot was closed, also where max was made smaller before', () => {
  const { pool } = instantLab({ max: 5 });
  const leases = borrowMany(pool, 5);
  pool.resize({ max: 3 });
  leases[0]!.release();
  leases[1]!.release();
  leases[2]!.release();
  const again = borrowNow(pool);
  expect(pool.stats).toMatchObject({ owned: 3, lent: 3 });
  pool.slots.find(({ state }) => state === 'empty')!.close();
  again.release();
  expect(pool.stats).toMatchObject({ owned: 2, lent: 2, idle: 0 });
});
