import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { instantLab, record, stockIdle } from './pool-lab.js';

it('nobody overtakes a borrower for whom a connection is being checked, not even for another one that is idle', () => {
  const { pool, transport, clock } = instantLab({ max: 2, validateAfter: 0 });
  const [older, latest] = stockIdle(pool, 2);
  transport.validate = (socket) => (socket === latest ? NEVER : true);
  clock.advance(1);
  const waiter = record(pool.borrow());
  expect(pool.stats).toMatchObject({ checking: 1, idle: 1, waiting: 1 });

  expect(pool.tryBorrow()).toBeUndefined();
  const newcomer = record(pool.borrow());
  expect(waiter.only.socket).toBe(older);
  expect(newcomer.values).toHaveLength(0);
});
