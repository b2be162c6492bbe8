import { expect, it } from 'vitest';
import { budget } from '../../src/index.js';
import { handLab, record } from './pool-lab.js';

it('gives the permit back of an attempt that is given up from within its failure', () => {
  const sockets = budget({ limit: 1 });
  const { pool, transport } = handLab({ budget: sockets });
  record(pool.borrow());
  pool.status$.subscribe(({ state }) => {
    if (state === 'down') void pool.close();
  });
  transport.last.refuse();
  expect(pool.stats.owned).toBe(0);
  expect(sockets.picture.used).toBe(0);
});
