import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, record, type FakeLease, type FakePool, type Recording } from './pool-lab.js';
import type { PoolEvent } from '../../src/index.js';

interface World {
  readonly pool: FakePool;
  readonly clock: VirtualClock;
  readonly transports: readonly FakeTransport[];
  readonly events: Recording<PoolEvent>;
}

const fault = new Error('it answered nonsense');

/** A pool over so many addresses that accept at once, with an ejection after two failures in a row, for 100 ms. */
function worldOf(size: number, config: PoolConfig<FakeSocket> = {}): World {
  const clock = new VirtualClock();
  const transports = Array.from({ length: size }, (_, i) => fakeTransport('abcdefgh'.charAt(i)));
  for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
  const ejection = { consecutive: 2, baseTime: 100, jitter: 0, slowStart: 0, panic: 0, ...config.ejection };
  const pool = createPool(transports, { clock, ...config, ejection });
  return { pool, clock, transports, events: record(pool.events$) };
}

const places = (leases: readonly FakeLease[]): string => leases.map(({ endpoint }) => endpoint.address).join('');

/** Where so many borrowers are sent that come one after the other. */
function sent(pool: FakePool, count: number): string {
  return Array.from({ length: count }, () => {
    const lease = borrowNow(pool);
    const { address } = lease.endpoint;
    lease.release();
    return address;
  }).join('');
}

/** So many leases of one endpoint that end badly. */
function fail(pool: FakePool, endpoint: string, count: number): void {
  for (let i = 0; i < count; i++) record(pool.borrow({ endpoint })).only.destroy(fault);
}

function judged({ events }: World): unknown[] {
  return events.values.filter(({ type }) => ['ejected', 'probing', 'readmitted'].includes(type));
}

function stateOf(pool: FakePool, address: string): string {
  return pool.endpoints.find((one) => one.address === address)!.state;
}

describe('an endpoint whose leases end badly', () => {
  it('gets no more of those who take any, and what is idle there is closed', () => {
    const world = worldOf(3);
    const { pool } = world;
    const leases = borrowMany(pool, 3);
    for (const lease of leases) lease.release();
    fail(pool, 'a', 2);
    expect(judged(world)).toMatchObject([
      { type: 'ejected', endpoint: 'a', reason: 'consecutive', duration: 100, times: 1 },
    ]);
    expect(stateOf(pool, 'a')).toBe('ejected');
    expect(sent(pool, 4)).toBe('bcbc');
    expect(places(borrowMany(pool, 4))).not.toContain('a');
  });

  it('has its idle connections closed, and those that are lent when they come back', () => {
    const { pool, events } = worldOf(2);
    const leases = borrowMany(pool, 8);
    const ofA = leases.filter(({ endpoint }) => endpoint.address === 'a');
    ofA[0]!.release();
    ofA[1]!.destroy(fault);
    ofA[2]!.destroy(fault);
    const closed = (): number =>
      events.values.filter((one) => one.type === 'closed' && one.reason === 'ejected').length;
    expect(closed()).toBe(1);
    ofA[3]!.release();
    expect(closed()).toBe(2);
  });

  it('is left alone as well after losses in a row, however many shared a connection', () => {
    const world = worldOf(2, { concurrency: 10, retry: { delay: 10 } });
    const { pool, transports } = world;
    const waiters = Array.from({ length: 5 }, () => record(pool.borrow({ endpoint: 'a' })));
    expect(waiters).toHaveLength(5);
    transports[0]!.last.lose();
    expect(judged(world)).toEqual([]);
    for (let i = 0; i < 5; i++) record(pool.borrow({ endpoint: 'a' }));
    world.clock.advance(10);
    transports[0]!.last.lose();
    expect(judged(world)).toMatchObject([{ type: 'ejected', endpoint: 'a' }]);
  });

  it.each<[string, (lease: FakeLease) => void]>([
    ['an unsubscribe', (lease) => lease.unsubscribe()],
    ['a destroy without an error', (lease) => lease.destroy()],
    ['a detach', (lease) => void lease.detach()],
  ])('is not blamed for %s', (_, end) => {
    const world = worldOf(2);
    for (let i = 0; i < 10; i++) end(record(world.pool.borrow({ endpoint: 'a' })).only);
    expect(judged(world)).toEqual([]);
  });

  it('is not blamed for a full pool', () => {
    const world = worldOf(2, { max: 2, acquireTimeout: 10 });
    borrowMany(world.pool, 2);
    for (let i = 0; i < 10; i++) record(world.pool.borrow());
    world.clock.advance(20);
    expect(world.pool.stats.timedOut).toBe(10);
    expect(judged(world)).toEqual([]);
  });

  it('still serves those who want no other', () => {
    const { pool } = worldOf(2);
    fail(pool, 'a', 2);
    expect(record(pool.borrow({ endpoint: 'a' })).only.endpoint.address).toBe('a');
  });

  it('is judged only where the pool is told to', () => {
    const clock = new VirtualClock();
    const transports = ['a', 'b'].map((address) => fakeTransport(address));
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transports, { clock });
    fail(pool, 'a', 20);
    expect(stateOf(pool, 'a')).toBe('idle');
    expect(pool.endpoints[0]).toMatchObject({ failures: 20, successes: 0, ejections: 0 });
  });
});

describe('an ejected endpoint whose time is over', () => {
  it('is tried by one borrower, and gets others again when that one was served', () => {
    const world = worldOf(3);
    const { pool, clock, transports } = world;
    fail(pool, 'a', 2);
    const attempts = transports[0]!.opens.length;
    clock.advance(99);
    expect(judged(world)).toHaveLength(1);
    clock.advance(1);
    expect(judged(world).at(-1)).toMatchObject({ type: 'probing', endpoint: 'a' });
    expect(transports[0]!.opens).toHaveLength(attempts + 1);
    const leases = borrowMany(pool, 6);
    expect(Array.from(places(leases)).filter((place) => place === 'a')).toHaveLength(1);
    for (const lease of leases) lease.release();
    expect(judged(world).at(-1)).toMatchObject({ type: 'readmitted', endpoint: 'a' });
    expect(Array.from(places(borrowMany(pool, 9))).filter((place) => place === 'a').length).toBeGreaterThan(1);
  });

  it('is ejected for twice the time when that one fares badly', () => {
    const world = worldOf(3);
    const { pool, clock } = world;
    fail(pool, 'a', 2);
    clock.advance(100);
    const leases = borrowMany(pool, 3);
    leases.find(({ endpoint }) => endpoint.address === 'a')!.destroy(fault);
    expect(judged(world).at(-1)).toMatchObject({ type: 'ejected', reason: 'probe', duration: 200, times: 2 });
  });

  it('lends all that it has idle once that one was served', () => {
    const { pool, clock, events } = worldOf(2, { max: 4 });
    // Where nobody listens, what is idle there is not closed as soon as the probe begins.
    events.subscription.unsubscribe();
    const before = borrowMany(pool, 2).find(({ endpoint }) => endpoint.address === 'a');
    fail(pool, 'a', 2);
    clock.advance(100);
    before!.release();
    const probe = borrowMany(pool, 2).find(({ endpoint }) => endpoint.address === 'a');
    expect(stateOf(pool, 'a')).toBe('ejected');
    probe!.release();
    expect(stateOf(pool, 'a')).toBe('up');
    const { opened } = pool.stats;
    expect(places(borrowMany(pool, 2))).toContain('a');
    expect(pool.stats.opened).toBe(opened);
  });

  it('is tried by the next one when that one has left without a word', () => {
    const world = worldOf(3);
    const { pool, clock } = world;
    fail(pool, 'a', 2);
    clock.advance(100);
    const leases = borrowMany(pool, 3);
    leases.find(({ endpoint }) => endpoint.address === 'a')!.unsubscribe();
    const again = borrowMany(pool, 3).find(({ endpoint }) => endpoint.address === 'a');
    again!.release();
    expect(judged(world).at(-1)).toMatchObject({ type: 'readmitted' });
  });

  it('is tried by nobody else meanwhile, whatever else of it comes back', () => {
    const world = worldOf(3, { max: 20 });
    const { pool, clock } = world;
    const before = borrowMany(pool, 6).filter(({ endpoint }) => endpoint.address === 'a');
    expect(before).toHaveLength(2);
    fail(pool, 'a', 2);
    clock.advance(100);
    before[0]!.release();
    const leases = borrowMany(pool, 6);
    before[1]!.release();
    leases.push(...borrowMany(pool, 6));
    expect(Array.from(places(leases)).filter((place) => place === 'a')).toHaveLength(1);
  });

  it('is tried although the pool is full of others, as soon as one of those comes back', () => {
    const world = worldOf(2, { max: 4 });
    const { pool, clock } = world;
    fail(pool, 'a', 2);
    const leases = borrowMany(pool, 4);
    expect(places(leases)).toBe('bbbb');
    const waiters = Array.from({ length: 3 }, () => record(pool.borrow()));
    clock.advance(100);
    expect(judged(world).at(-1)).toMatchObject({ type: 'probing' });
    leases[0]!.release();
    expect(waiters[0]!.only.endpoint.address).toBe('a');
  });

  it('has no place kept for it once the pool has it no longer', () => {
    const clock = new VirtualClock();
    const lists = new Subject<FakeTransport[]>();
    const ejection = { consecutive: 2, baseTime: 100, jitter: 0 };
    const pool = createPool(lists, { clock, max: 2, ejection });
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    for (const one of [a, b]) one.onOpen = (attempt) => attempt.accept();
    lists.next([a, b]);
    fail(pool, 'a', 2);
    clock.advance(100);
    expect(stateOf(pool, 'a')).toBe('ejected');
    lists.next([b]);
    expect(places(borrowMany(pool, 2))).toBe('bb');
  });
});

describe('when everything is bad', () => {
  it('all are used but for one, with two endpoints', () => {
    const world = worldOf(2);
    fail(world.pool, 'a', 5);
    fail(world.pool, 'b', 5);
    expect(judged(world)).toHaveLength(1);
    expect(places(borrowMany(world.pool, 4))).toBe('bbbb');
  });

  it('ejections are ignored while too few are left', () => {
    const world = worldOf(4, { ejection: { maxEjected: 1, panic: 0.5 } });
    const { pool } = world;
    for (const one of ['a', 'b', 'c']) fail(pool, one, 2);
    expect(judged(world)).toHaveLength(3);
    expect([...new Set(places(borrowMany(pool, 8)))].sort().join('')).toBe('abcd');
  });
});

it('bad options of `ejection` are named', () => {
  const create = (ejection: object) => () => createPool(fakeTransport('a'), { ejection });
  expect(create({ consecutive: 0 })).toThrow('createPool: ejection: consecutive must be an integer');
  expect(create({ consecutiv: 1 })).toThrow('createPool: ejection: unknown option consecutiv');
});

describe('slow start', () => {
  const weightOf = (pool: FakePool, address: string): number =>
    pool.endpoints.find((one) => one.address === address)!.weight;

  it('gives one that returns more and more of its share, and of its turns', () => {
    const { pool, clock } = worldOf(2, { ejection: { slowStart: 1_000 } });
    fail(pool, 'a', 2);
    clock.advance(100);
    for (const lease of borrowMany(pool, 4)) lease.release();
    expect(weightOf(pool, 'a')).toBe(0.1);
    const turns = (): number => sent(pool, 100).split('a').length - 1;
    const cold = turns();
    clock.advance(500);
    expect(weightOf(pool, 'a')).toBe(0.5);
    const warmer = turns();
    clock.advance(500);
    expect(weightOf(pool, 'a')).toBe(1);
    expect([cold, warmer, turns()]).toEqual([9, 34, 50]);
  });

  it('is for those as well that a source names when there are others, and not for the first', () => {
    const clock = new VirtualClock();
    const lists = new Subject<FakeTransport[]>();
    const pool = createPool(lists, { clock, ejection: { slowStart: 1_000 } });
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    lists.next([]);
    lists.next([a]);
    expect(weightOf(pool, 'a')).toBe(1);
    lists.next([a, b]);
    expect(weightOf(pool, 'b')).toBe(0.1);
  });
});

it('what is opened at an ejected endpoint for somebody who insists on it is not lent to those who take any', () => {
  const { pool, transports } = worldOf(2, { max: 2 });
  const [a] = transports;
  fail(pool, 'a', 2);
  const [lease] = borrowMany(pool, 1);
  expect(lease!.endpoint.address).toBe('b');
  borrowMany(pool, 1);
  const any = record(pool.borrow());
  a!.onOpen = undefined;
  const insisting = record(pool.borrow({ endpoint: 'a' }));
  lease!.destroy();
  a!.last.accept();
  expect([any.values.length, insisting.only.endpoint.address]).toEqual([0, 'a']);
});

it('an endpoint that was down starts slowly, too', () => {
  const { pool, clock, transports } = worldOf(2, { ejection: { slowStart: 1_000 }, retry: { delay: 100 } });
  const [a] = transports;
  a!.onOpen = (attempt) => attempt.refuse();
  borrowMany(pool, 2);
  a!.onOpen = (attempt) => attempt.accept();
  clock.advance(100);
  expect(pool.endpoints[0]).toMatchObject({ state: 'up', weight: 0.1 });
  clock.advance(500);
  expect(pool.endpoints[0]!.weight).toBe(0.5);
});
