import { NEVER, Subject, takeUntil } from 'rxjs';
import { expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { borrowNow, instantLab, record, stockIdle, type FakeLease } from './pool-lab.js';

it('serves a worker again with the connection it has just released instead of dialling another one', () => {
  const { pool, transport, clock } = instantLab({ max: 3 });
  const leases: FakeLease[] = [];
  pool.available$.subscribe((lease) => leases.push(lease));
  clock.advance(10);
  leases[0]!.release();
  expect(transport.opens).toHaveLength(1);
});

it('never counts a worker that releases its own connection as a borrower that had to wait', () => {
  const { pool, clock } = instantLab({ max: 1 });
  const leases: FakeLease[] = [];
  stockIdle(pool, 1);
  const before = pool.stats.queued;
  pool.available$.subscribe((lease) => leases.push(lease));
  clock.advance(10);
  leases[0]!.release();
  expect(leases).toHaveLength(2);
  expect(pool.stats.queued).toBe(before);
});

it('takes back the lease of a borrower that leaves while the loan is told', () => {
  const { pool } = instantLab();
  stockIdle(pool, 1);
  const stop = new Subject<void>();
  pool.events$.subscribe(({ type }) => {
    if (type === 'borrowed') stop.next();
  });
  const values = record(pool.borrow().pipe(takeUntil(stop))).values;
  expect(values).toHaveLength(0);
  expect(pool.stats.lent).toBe(0);
});

it('takes back the lease of a worker that leaves while the loan is told', () => {
  const { pool } = instantLab();
  stockIdle(pool, 1);
  const stop = new Subject<void>();
  pool.events$.subscribe(({ type }) => {
    if (type === 'borrowed') stop.next();
  });
  const values = record(pool.available$.pipe(takeUntil(stop))).values;
  expect(values).toHaveLength(0);
  expect(pool.stats.lent).toBe(0);
});

it('counts one ending of a loan whose end makes a subscriber of its data close the pool', () => {
  const { pool, transport } = instantLab();
  transport.holdCloses = true;
  const lease = borrowNow(pool);
  lease.data$.subscribe({ complete: () => void pool.close({ borrowed: 'destroy' }) });
  lease.release();
  const { borrowed, released, destroyed } = pool.stats;
  expect({ borrowed, ended: released + destroyed }).toEqual({ borrowed: 1, ended: 1 });
});

it('never softens a forced close that a subscriber of the data has asked for at the end of the loan', () => {
  const { pool, transport } = instantLab();
  transport.holdCloses = true;
  const lease = borrowNow(pool);
  lease.data$.subscribe({ complete: () => void pool.close({ borrowed: 'destroy' }) });
  lease.release();
  expect(transport.closes.at(-1)!.force).toBe(true);
});

it('tells a use of the loss that came while its loan was told', () => {
  const { pool } = instantLab();
  stockIdle(pool, 1);
  pool.events$.subscribe(({ type }) => {
    if (type === 'borrowed') void pool.close({ borrowed: 'destroy' });
  });
  const use = record(pool.use(() => NEVER));
  expect(use.error).toBeInstanceOf(ConnectionLostError);
});

it('destroys a socket left to its borrower without throwing, whatever its transport does', () => {
  const { pool, transport } = instantLab();
  const lease = borrowNow(pool);
  void pool.close({ borrowed: 'leave' });
  transport.close = () => {
    throw new Error('cannot close');
  };
  expect(() => {
    lease.destroy();
  }).not.toThrow();
});

it('takes a socket back without throwing when its transport cannot let the process exit', () => {
  const { pool, transport } = instantLab();
  const lease = borrowNow(pool);
  transport.unref = () => {
    throw new Error('cannot unref');
  };
  expect(() => {
    lease.release();
  }).not.toThrow();
});

it('goes on serving when a look at a connection has thrown in the middle of a grant', () => {
  const { pool, transport, clock } = instantLab({ max: 2, validateAfter: 10 });
  transport.validate = () => new Promise<boolean>(() => undefined);
  stockIdle(pool, 2);
  clock.advance(100);
  pool.borrow().subscribe({ error: () => undefined });
  transport.ref = () => {
    throw new Error('cannot ref');
  };
  pool.borrow().subscribe({ error: () => undefined });
  transport.ref = () => undefined;
  // Both checks are given up, and their connections replaced.
  clock.advance(6_000);
  expect(pool.stats).toMatchObject({ lent: 2, waiting: 0 });
});
