import { expect, it } from 'vitest';
import { handLab, record } from './pool-lab.js';

it('an idle connection may go where another one is on its way, as far as min goes', () => {
  const { pool, transport, clock } = handLab({ min: 1, idleTimeout: 100 });
  clock.turn();
  transport.last.accept();
  const lease = pool.tryBorrow();
  record(pool.borrow()).subscription.unsubscribe();
  expect(pool.stats).toMatchObject({ lent: 1, connecting: 1 });
  lease!.release();
  clock.advance(100);
  expect(pool.stats).toMatchObject({ idle: 0, connecting: 1, closed: 1 });
  expect(transport.opens).toHaveLength(2);
});

it('borrowers wait on for an attempt under way although the endpoint has given up', () => {
  const { pool, transport } = handLab({ retry: { count: 0 } });
  const held = record(pool.borrow());
  transport.last.accept();
  const [first, second] = [record(pool.borrow()), record(pool.borrow())];
  transport.opens[1]!.refuse();
  expect([first.isOver, second.isOver]).toEqual([false, false]);
  transport.opens[2]!.accept();
  expect(first.values).toHaveLength(1);
  held.only.release();
  expect(second.values).toHaveLength(1);
});
