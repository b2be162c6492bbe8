import { of, takeWhile } from 'rxjs';
import { expect, it } from 'vitest';
import { createPool, endpoint } from '../../src/index.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { borrowMany, FULL_DELAY, handLab, instantLab, record, stockIdle } from './pool-lab.js';

it('dials when the notifier of a delay that it starts answers at once', () => {
  const clock = new VirtualClock();
  const transport = fakeTransport();
  const one = endpoint(transport, { clock, retry: { delay: () => of(true), urgentMax: 60_000 } });
  // Leaves with the failure, so that nobody has started the notifier yet.
  one.pipe(takeWhile(({ type }) => type !== 'failed')).subscribe();
  transport.last.refuse();
  clock.advance(100);
  const pool = createPool(one, { clock, acquireTimeout: 5_000 });
  const waiter = record(pool.borrow());
  clock.advance(4_000);
  expect(waiter.isOver).toBe(false);
  expect(transport.opens).toHaveLength(2);
});

it('fails with the end of an endpoint only those who waited for it, not whoever comes after it was revived', () => {
  const clock = new VirtualClock();
  const transport = fakeTransport();
  const one = endpoint(transport, { clock, retry: { count: 0 } });
  const pool = createPool(one, { clock });
  const second: unknown[] = [];
  let hasFailed = false;
  pool.borrow().subscribe({
    error: () => {
      one.retryNow();
      pool.borrow().subscribe({ error: () => (hasFailed = true), next: (lease) => second.push(lease) });
    },
  });
  transport.last.refuse();
  clock.advance(100);
  expect(hasFailed).toBe(false);
  expect(transport.opens).toHaveLength(2);
});

it('looks at idle connections every 30 s when they may be idle for ever', () => {
  const { pool, transport, clock } = instantLab({ min: 1, idleTimeout: Infinity });
  clock.advance(0);
  expect(pool.stats.idle).toBe(1);
  transport.usable = () => false;
  const [old] = transport.opens;
  clock.advance(61_000);
  expect(old!.socket!.closed).toBe(true);
});

it('looks at an idle connection every 30 s also when it came back after the last alarm', () => {
  const { pool, transport, clock } = instantLab({ idleTimeout: 600_000 });
  const lease = record(pool.borrow()).only;
  clock.advance(40_000);
  lease.release();
  transport.usable = () => false;
  clock.advance(61_000);
  expect(pool.stats.idle).toBe(0);
});

function twoEndpoints() {
  const clock = new VirtualClock();
  const [dead, good] = [fakeTransport('dead:1'), fakeTransport('good:1')];
  good.onOpen = (attempt) => attempt.accept();
  const config = { clock, random: FULL_DELAY, min: 1, idleTimeout: 1_000, retry: { delay: 100 } };
  const pool = createPool<FakeSocket, string>([dead, good], config);
  clock.advance(0);
  dead.last.refuse();
  clock.advance(200);
  return { pool, clock, dead, good };
}

it('keeps the one connection that min asks for while a probe of another endpoint hangs', () => {
  const { pool, clock, dead } = twoEndpoints();
  expect(dead.opens.length).toBe(2);
  expect(pool.stats).toMatchObject({ idle: 1, connecting: 1 });
  clock.advance(5_000);
  expect(pool.stats.idle).toBe(1);
});

it('replaces the one connection that min asks for while a probe of another endpoint hangs', () => {
  const { pool, clock, good } = twoEndpoints();
  pool.tryBorrow()!.destroy();
  clock.advance(100);
  expect(pool.stats.idle).toBe(1);
  expect(good.opens).toHaveLength(2);
});

it('serves a waiter with what a look at another connection has set free', () => {
  const { pool, transport, clock } = instantLab({ max: 3, validateAfter: 10 });
  transport.validate = () => new Promise<boolean>(() => undefined);
  const [one, two, three] = borrowMany(pool, 3);
  one!.release();
  two!.release();
  clock.advance(100);
  const first = record(pool.borrow());
  transport.usable = () => {
    three!.release();
    return false;
  };
  record(pool.borrow());
  expect(first.values).toHaveLength(1);
});

it('tells those who wait that the pool has closed before it says that it has drained', () => {
  const { pool, transport, clock } = instantLab({ max: 1, validateAfter: 10 });
  transport.validate = () => new Promise<boolean>(() => undefined);
  stockIdle(pool, 1);
  clock.advance(100);
  const told: string[] = [];
  pool.events$.subscribe(({ type }) => told.push(type));
  pool.borrow().subscribe({ error: () => told.push('refused') });
  void pool.close();
  expect(told.indexOf('refused')).toBeLessThan(told.indexOf('drained'));
});

it('lends nothing to whoever hears that it is closed', () => {
  const { pool } = instantLab();
  stockIdle(pool, 1);
  let lent: unknown;
  pool.status$.subscribe(({ state }) => {
    if (state === 'closed') lent = pool.tryBorrow();
  });
  void pool.close();
  expect(lent).toBeUndefined();
});

it('opens nothing for whoever hears that it is closed', () => {
  const { pool, transport } = handLab();
  pool.status$.subscribe(({ state }) => {
    if (state === 'closed') pool.borrow().subscribe({ error: () => undefined });
  });
  void pool.close();
  expect(transport.opens).toHaveLength(0);
});
