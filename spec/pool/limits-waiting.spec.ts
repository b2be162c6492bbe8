import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { budget, createPool, quota, type Limit } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeTransport } from '../endpoint/fake-transport.js';
import { ask, hasPlace, LimitsWorld } from './limits-lab.js';
import { record, reportOf, type FakeLease, type FakePool, type Recording } from './pool-lab.js';

interface Parked {
  readonly world: LimitsWorld;
  readonly pool: FakePool;
  readonly holder: FakeLease;
  readonly waiting: Recording<FakeLease>;
  readonly signal: AbortController;
}

/** Somebody who waits for leave, for at most 100 ms. */
function parked(): Parked {
  const world = new LimitsWorld();
  const pool = world.add({ max: 2, maxWaiting: 2 });
  const holder = ask(pool, 'a').only;
  const signal = new AbortController();
  const waiting = record(pool.borrow({ key: 'a', timeout: 100, label: 'import', signal: signal.signal }));
  return { world, pool, holder, waiting, signal };
}

describe('a borrower who waits for leave', () => {
  it('has no connection opened for it, and counts as waiting', () => {
    const { world, pool } = parked();
    expect(world.transports[0]!.opens).toHaveLength(1);
    expect(pool.stats).toMatchObject({ waiting: 1, connecting: 0, owned: 1 });
    world.clock.advance(50);
    expect(pool.stats.waitingTime).toBe(50);
  });

  it('leaves what is idle to others', () => {
    const { pool } = parked();
    ask(pool, 'b').only.release();
    expect(pool.stats).toMatchObject({ idle: 1, waiting: 1 });
    expect(pool.tryBorrow()).toBeDefined();
  });

  it('fails when its time is up, and the error says what it lacked', () => {
    const { world, pool, holder, waiting } = parked();
    world.clock.advance(99);
    expect(waiting.failed).toBe(false);
    world.clock.advance(1);
    expect(waiting.error).toMatchObject({
      code: 'RXPOOL_ACQUIRE_TIMEOUT',
      message: expect.stringContaining(
        'pool shop: no leave of the quota (1 at once) for key "a" within 100 ms for import (1 lent',
      ) as string,
      info: { waited: 100, waiting: 0 },
    });
    expect(pool.stats).toMatchObject({ waiting: 0, timedOut: 1 });
    holder.release();
    expect(hasPlace(pool, 'a')).toBe(true);
  });

  it('waits for leave and connection together no longer than its time', () => {
    const world = new LimitsWorld();
    const pool = world.add({ max: 1 });
    const [holder, other] = [ask(pool, 'a'), ask(pool, 'b')];
    const waiting = record(pool.borrow({ key: 'a', timeout: 100 }));
    world.clock.advance(60);
    holder.only.release();
    expect(other.values).toHaveLength(1);
    world.clock.advance(39);
    expect(waiting.failed).toBe(false);
    world.clock.advance(1);
    expect(waiting.error).toMatchObject({ message: expect.stringContaining('no connection within 100 ms') as string });
    expect(hasPlace(world.add(), 'a')).toBe(true);
  });

  it('may leave, and nothing is kept of it', () => {
    const { pool, holder, waiting } = parked();
    waiting.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ waiting: 0, cancelled: 1 });
    holder.release();
    expect(waiting.values).toEqual([]);
    expect(hasPlace(pool, 'a')).toBe(true);
  });

  it('fails with the reason of its signal', () => {
    const { pool, holder, waiting, signal } = parked();
    signal.abort('enough');
    expect(waiting.error).toBe('enough');
    expect(pool.stats).toMatchObject({ waiting: 0, cancelled: 1 });
    holder.release();
    expect(hasPlace(pool, 'a')).toBe(true);
  });

  it('is not let in at all with a signal that has aborted', () => {
    const { pool, holder } = parked();
    holder.release();
    record(pool.borrow({ key: 'b', signal: AbortSignal.abort('before') }));
    expect(hasPlace(pool, 'b')).toBe(true);
  });

  it('fails when the pool closes, whose close waits for it no longer', async () => {
    const { pool, holder, waiting } = parked();
    const closed = pool.close();
    expect(waiting.error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
    holder.release();
    expect(await reportOf(closed)).toMatchObject({ closed: 1 });
  });

  it('fails when it comes to a closing pool, and keeps no place', () => {
    const { world, pool } = parked();
    void pool.close();
    expect(ask(pool, 'b').error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
    expect(hasPlace(world.add(), 'b')).toBe(true);
  });

  it('has a place in the queue, which may be full', () => {
    const { pool, holder } = parked();
    const second = ask(pool, 'a');
    expect(ask(pool, 'a').error).toMatchObject({ code: 'RXPOOL_QUEUE_FULL' });
    expect(pool.stats).toMatchObject({ waiting: 2, rejected: 1 });
    expect(second.isOver).toBe(false);
    holder.release();
    expect(pool.stats.waiting).toBe(1);
  });

  it('keeps the process alive, whoever else waits or not', () => {
    const { world, pool, waiting } = parked();
    expect(world.clock.keepsAlive).toBe(true);
    const other = [ask(pool, 'b'), ask(pool, 'c')];
    other[1]!.subscription.unsubscribe();
    expect(world.clock.keepsAlive).toBe(true);
    waiting.subscription.unsubscribe();
    expect(world.clock.keepsAlive).toBe(false);
  });

  it('keeps it alive also without a deadline', () => {
    const world = new LimitsWorld();
    const pool = world.add({ acquireTimeout: Infinity });
    ask(pool, 'a');
    expect(world.clock.keepsAlive).toBe(false);
    ask(pool, 'a');
    expect(world.clock.keepsAlive).toBe(true);
  });
});

describe('those who wait for leave beside others', () => {
  it('want no permit of a budget', () => {
    const world = new LimitsWorld();
    const shared = budget({ limit: 1 });
    const [free, other, pool] = [world.add(), world.add({ budget: shared }), world.add({ budget: shared })];
    for (const [one, key] of [
      [free, 'a'],
      [other, 'x'],
    ] as const)
      ask(one, key);
    const parked = ask(pool, 'a');
    expect(shared.picture.waiting).toBe(0);
    const waiting = ask(pool, 'b');
    expect(shared.picture.waiting).toBe(1);
    waiting.subscription.unsubscribe();
    expect(shared.picture.waiting).toBe(0);
    expect(parked.isOver).toBe(false);
  });

  it('are not told of a budget that others lack', () => {
    const world = new LimitsWorld();
    const shared = budget({ limit: 1 });
    const [free, other, pool] = [world.add(), world.add({ budget: shared }), world.add({ budget: shared })];
    for (const [one, key] of [
      [free, 'a'],
      [other, 'x'],
      [pool, 'b'],
    ] as const)
      ask(one, key);
    const signal = new AbortController();
    const late = record(pool.borrow({ key: 'a', timeout: 50 }));
    const aborted = record(pool.borrow({ key: 'a', signal: signal.signal }));
    signal.abort('enough');
    world.clock.advance(50);
    expect(aborted.error).toBe('enough');
    expect(late.error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
  });

  it('fail with the endpoint that they insist on, when the pool has it no longer', () => {
    const clock = new VirtualClock();
    const transports = ['a:1', 'b:2'].map((address) => fakeTransport(address));
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const lists = new BehaviorSubject<readonly FakeTransport[]>(transports);
    const pool = createPool(lists, { clock, limits: [quota({ max: 1 })] });
    const holder = ask(pool, 'a').only;
    const picky = record(pool.borrow({ key: 'a', endpoint: 'a:1' }));
    const easy = ask(pool, 'a');
    lists.next(transports.slice(1));
    expect(picky.failed).toBe(true);
    expect(easy.isOver).toBe(false);
    holder.release();
    expect(easy.values).toHaveLength(1);
  });
});

describe('a borrower who has leave and waits for a connection', () => {
  it.each<[string, (waiting: Recording<FakeLease>, world: LimitsWorld, signal: AbortController) => void]>([
    ['leaves', (waiting) => waiting.subscription.unsubscribe()],
    ['runs out of time', (_waiting, { clock }) => clock.advance(100)],
    ['is called off by its signal', (_waiting, _world, signal) => signal.abort()],
  ])('gives its place back when it %s', (_name, end) => {
    const world = new LimitsWorld();
    const pool = world.add({ max: 1 });
    const other = world.add();
    const holder = ask(pool, 'holder').only;
    const signal = new AbortController();
    const waiting = record(pool.borrow({ key: 'a', timeout: 100, signal: signal.signal }));
    const next = ask(other, 'a');
    expect(next.values).toHaveLength(0);
    end(waiting, world, signal);
    expect(next.values).toHaveLength(1);
    holder.release();
    expect(waiting.values).toEqual([]);
  });

  it('gives it back when the queue is full, the pool closes or the endpoint gives up', () => {
    const world = new LimitsWorld();
    const [pool, hopeless, other] = [
      world.add({ max: 1, maxWaiting: 1 }),
      world.add({ retry: { count: 0 } }),
      world.add(),
    ];
    world.transports[1]!.onOpen = (attempt) => attempt.refuse();
    ask(pool, 'holder');
    const waiting = ask(pool, 'a');
    expect(ask(pool, 'b').error).toMatchObject({ code: 'RXPOOL_QUEUE_FULL' });
    expect(hasPlace(other, 'b')).toBe(true);
    void pool.close();
    expect(waiting.error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
    expect(hasPlace(other, 'a')).toBe(true);
    expect(ask(hopeless, 'a').error).toMatchObject({ code: 'RXPOOL_RETRIES_EXHAUSTED' });
    expect(hasPlace(other, 'a')).toBe(true);
  });
});

it('whose time is up is not served any more, though it is given leave in the same moment', () => {
  const world = new LimitsWorld();
  const pool = world.add({ max: 1 });
  const holder = ask(pool, 'holder').only;
  pool.borrow({ key: 'a', timeout: 100 }).subscribe({ error: () => holder.release() });
  const parked = record(pool.borrow({ key: 'a', timeout: 100 }));
  world.clock.advance(100);
  expect(holder.isOver).toBe(true);
  expect(parked.values).toEqual([]);
  expect(parked.failed).toBe(true);
});

it('who gets leave is in a hurry, and shortens the delay of an endpoint that is down', () => {
  const world = new LimitsWorld();
  const [other, pool] = [world.add(), world.add({ min: 1, retry: { delay: 60_000 } })];
  const transport = world.transports[1]!;
  transport.onOpen = (attempt) => attempt.refuse();
  world.clock.advance(0);
  const holder = ask(other, 'a').only;
  ask(pool, 'a');
  world.clock.advance(5_000);
  expect(transport.opens).toHaveLength(1);
  holder.release();
  expect(transport.opens).toHaveLength(2);
});

it('many whose time is up at once fail at once, though each that fails gives leave to the next', () => {
  const world = new LimitsWorld();
  const pool = world.add({ max: 1, acquireTimeout: 100 });
  ask(pool, 'holder');
  const waiting = Array.from({ length: 1_000 }, () => ask(pool, 'a'));
  world.clock.advance(99);
  expect(waiting.filter(({ failed }) => failed)).toHaveLength(0);
  world.clock.advance(1);
  expect(waiting.filter(({ failed }) => failed)).toHaveLength(1_000);
  expect(hasPlace(world.add(), 'a')).toBe(true);
});

it('many who wait for leave are each served, in order, when leases end within their grant', () => {
  const world = new LimitsWorld([quota({ max: 1 })]);
  const pool = world.add({ max: 1, maxWaiting: Infinity });
  const holder = ask(pool, 'a').only;
  const served: number[] = [];
  for (let i = 0; i < 20_000; i++) {
    pool.borrow({ key: 'a' }).subscribe((lease) => {
      served.push(i);
      lease.release();
    });
  }
  holder.release();
  expect(served).toHaveLength(20_000);
  expect(served.every((one, at) => one === at)).toBe(true);
});

it('a limit of ones own is told of each way in and out, in pairs', () => {
  const told: string[] = [];
  const note =
    (what: string) =>
    (key: string): void => {
      told.push(`${what} ${key}`);
    };
  const own: Limit = {
    ...{ name: 'own', bound: 'anything', leave: note('leave'), exit: note('exit'), retract: note('retract') },
    enter: (key) => (note('enter')(key), true),
  };
  const world = new LimitsWorld([own]);
  const pool = world.add({ max: 1 });
  const lease = ask(pool, 'a').only;
  ask(pool, 'b').subscription.unsubscribe();
  lease.release();
  expect(told).toEqual(['enter a', 'enter b', 'retract b', 'exit a']);
});
