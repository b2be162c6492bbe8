import { expect, it } from 'vitest';
import { handLab, record } from './pool-lab.js';

it('a connection that is lost on its way to a waiter, while its opening is told, is not lent', () => {
  const { pool, transport, clock } = handLab({ retry: { delay: 100 } });
  pool.events$.subscribe(({ type }) => {
    if (type === 'opened' && pool.stats.opened === 1) transport.opens[0]!.lose();
  });
  const waiting = record(pool.borrow());
  transport.last.accept();
  expect(waiting.values).toEqual([]);
  expect(pool.stats).toMatchObject({ lost: 1, lent: 0, checking: 0, waiting: 1 });

  clock.advance(100);
  const socket = transport.last.accept();
  expect(waiting.only.socket).toBe(socket);
  expect(pool.stats).toMatchObject({ lent: 1, owned: 1 });
});
