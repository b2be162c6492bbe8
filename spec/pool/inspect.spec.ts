import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { borrowNow, instantLab, record, stockIdle } from './pool-lab.js';

it('a pool is shown in one line, also within something else', async () => {
  const { pool } = instantLab({ name: 'shop', max: 3 });
  stockIdle(pool, 2);
  const lease = borrowNow(pool);
  expect(inspect(pool)).toBe('Pool shop: up, 1 lent, 1 idle, 0 checking, 0 connecting of 3; 0 waiting');
  for (let i = 0; i < 3; i++) record(pool.borrow());
  expect(inspect(lease)).toBe('Lease of fake:1 #1');
  expect(inspect({ pool })).toBe(
    '{\n  pool: Pool shop: up, 3 lent, 0 idle, 0 checking, 0 connecting of 3; 1 waiting\n}',
  );
  await pool.close({ borrowed: 'destroy' });
  expect(inspect(pool)).toContain('Pool shop: closed, 0 lent');
  expect(inspect(lease)).toBe('Lease of fake:1 #1, over');
});
