import { EMPTY } from 'rxjs';
import { expect, it } from 'vitest';
import { borrowNow, instantLab, record } from './pool-lab.js';

it.each([1, 2, 5])('maxUses %i replaces a connection after as many loans', (maxUses) => {
  const { pool, transport } = instantLab({ max: 1, maxUses });
  const used: number[] = [];
  for (let i = 0; i < 3 * maxUses; i++) {
    const lease = borrowNow(pool);
    used.push(lease.socket.id);
    lease.release();
  }
  expect(used).toEqual(Array.from({ length: 3 * maxUses }, (_, i) => Math.floor(i / maxUses)));
  expect(transport.closes.every(({ force }) => !force)).toBe(true);
});

it('without maxUses a connection is lent for ever', () => {
  const { pool } = instantLab({ max: 1 });
  for (let i = 0; i < 1_000; i++) borrowNow(pool).release();
  expect(pool.stats).toMatchObject({ opened: 1, released: 1_000 });
});

it('the last loan is closed with its reason, and whoever waits gets a new connection', () => {
  const { pool } = instantLab({ max: 1, maxUses: 1 });
  const events = record(pool.events$);
  const lease = borrowNow(pool);
  const next = record(pool.borrow());
  lease.release();
  expect(next.only.socket.id).toBe(1);
  expect(events.values.filter(({ type }) => type === 'closed')).toMatchObject([{ reason: 'uses', slot: 0 }]);
});

it('a slot tells how often its connection has been lent, and starts anew with the next', () => {
  const { pool } = instantLab({ max: 1, maxUses: 3 });
  const uses = Array.from({ length: 5 }, () => {
    record(pool.use(() => EMPTY));
    return pool.slots[0]!.uses;
  });
  expect(uses).toEqual([1, 2, 0, 1, 2]);
});

it('a loan that ends in a detach or a destroy needs no replacing', () => {
  const { pool } = instantLab({ max: 1, maxUses: 1 });
  borrowNow(pool).detach();
  borrowNow(pool).destroy();
  expect(pool.stats).toMatchObject({ detached: 1, destroyed: 1, owned: 0, closed: 1 });
});

it('each of several loans at a time counts', () => {
  const { pool } = instantLab({ max: 1, maxUses: 3, concurrency: 2 });
  const [first, second] = [borrowNow(pool), borrowNow(pool)];
  expect(first.socket).toBe(second.socket);
  first.release();
  second.release();
  expect(pool.stats.idle).toBe(1);
  borrowNow(pool).release();
  expect(pool.stats).toMatchObject({ idle: 0, closed: 1 });
});
