import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { consistentHash } from '../../src/balance/consistent-hash.js';
import { failover } from '../../src/balance/failover.js';
import { leastInUse } from '../../src/balance/least-in-use.js';
import { roundRobin } from '../../src/balance/round-robin.js';
import { weighted } from '../../src/balance/weighted.js';
import { createPool, quota, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, record, type FakeLease, type FakePool } from './pool-lab.js';

interface World {
  readonly pool: FakePool;
  readonly clock: VirtualClock;
  readonly transports: readonly FakeTransport[];
}

interface Worth {
  readonly weight?: number;
  readonly priority?: number;
}

/** A pool over addresses that accept at once: `a`, `b`, and so on, each worth what is said of it. */
function worldOf(worths: readonly Worth[], config: PoolConfig<FakeSocket> = {}): World {
  const clock = new VirtualClock();
  const transports = worths.map((worth, i) => {
    const transport = Object.assign(fakeTransport('abcdefgh'.charAt(i)), worth);
    transport.onOpen = (attempt) => attempt.accept();
    return transport;
  });
  return { pool: createPool(transports, { clock, ...config }), clock, transports };
}

const places = (leases: readonly FakeLease[]): string => leases.map(({ endpoint }) => endpoint.address).join('');

/** Gives all back, the first first. */
function releaseAll(leases: readonly FakeLease[]): void {
  for (const lease of leases) lease.release();
}

/** Where so many borrowers are sent that come one after the other. */
function sent(pool: FakePool, count: number): string {
  return Array.from({ length: count }, () => {
    const lease = borrowNow(pool);
    const { address } = lease.endpoint;
    lease.release();
    return address;
  }).join('');
}

describe('the endpoint of whoever takes any', () => {
  it('is the next one in turn without a picker, for new connections as for idle ones', () => {
    const { pool } = worldOf([{}, {}, {}]);
    const leases = borrowMany(pool, 6);
    expect(places(leases)).toBe('abcabc');
    releaseAll(leases);
    expect(sent(pool, 6)).toBe('abcabc');
  });

  it('has an idle connection, rather than that one is opened elsewhere', () => {
    const { pool } = worldOf([{}, {}]);
    releaseAll([borrowNow(pool)]);
    expect(sent(pool, 3)).toBe('aaa');
    expect(pool.stats.owned).toBe(1);
  });

  it('is as often each one as its weight says, with `weighted`', () => {
    const { pool } = worldOf([{ weight: 2 }, {}], { balance: weighted(), max: 30 });
    expect(Array.from(places(borrowMany(pool, 30))).filter((place) => place === 'a')).toHaveLength(20);
  });

  it('is the one with the fewest leases, with `leastInUse`', () => {
    const { pool } = worldOf([{}, {}], { balance: leastInUse() });
    const leases = borrowMany(pool, 6);
    releaseAll(leases);
    const [first, second, third] = borrowMany(pool, 3);
    expect(places([first!, second!, third!])).toBe('aba');
    second!.release();
    expect(places(borrowMany(pool, 2))).toBe('bb');
  });

  it('is what a function of the user says, which sees what is known of each', () => {
    const seen: unknown[] = [];
    const { pool } = worldOf([{ weight: 2, priority: 3 }, {}], {
      balance: (candidates) => {
        seen.push(
          candidates.map(({ address, state, leases, connecting, weight, priority }) => ({
            ...{ address, state, leases, connecting, weight, priority },
          })),
        );
        return candidates[1] ?? candidates[0];
      },
    });
    expect(places(borrowMany(pool, 2))).toBe('bb');
    expect(seen.at(-1)).toEqual([
      { address: 'a', state: 'idle', leases: 0, connecting: 0, weight: 2, priority: 3 },
      { address: 'b', state: 'up', leases: 1, connecting: 0, weight: 1, priority: 0 },
    ]);
  });

  it('knows how long its leases have taken, most of all the longest of late', () => {
    const latencies: number[] = [];
    const { pool, clock } = worldOf([{}, {}], {
      balance: (candidates) => {
        latencies.push(candidates.find(({ address }) => address === 'a')!.latency);
        return candidates[0];
      },
    });
    const [a, b] = [borrowNow(pool), borrowNow(pool)];
    expect(places([a, b])).toBe('aa');
    clock.advance(100);
    a.release();
    clock.advance(100);
    b.release();
    borrowNow(pool).release();
    expect(latencies.at(-1)).toBe(200);
    clock.advance(10_000);
    borrowNow(pool);
    expect(latencies.at(-1)).toBeCloseTo(200 / Math.E);
  });
});

describe('a picker that does not do its part', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
      'it threw: no idea',
    ],
    ['returns nothing', () => undefined, 'it returned undefined, which is none of the candidates'],
    ['makes one up', () => ({ address: 'z' }) as never, 'it returned an object, which is none of the candidates'],
  ])('because it %s is told of once, and all are served', (_, balance, what) => {
    const { pool } = worldOf([{}, {}], { balance });
    const events = record(pool.events$);
    const leases = borrowMany(pool, 4);
    releaseAll(leases);
    expect(Array.from(sent(pool, 4)).sort().join('')).toBe('aabb');
    const told = events.values.filter(({ type }) => type === 'pickerFailed');
    expect(told).toMatchObject([{ error: { message: expect.stringContaining(what) as string } }]);
  });

  it('because its scope throws is told of, and all are in scope', () => {
    const scope = (): never => {
      throw new Error('no idea');
    };
    const { pool, clock } = worldOf([{}, {}], { balance: { picker: roundRobin(), scope } });
    const events = record(pool.events$);
    expect(places(borrowMany(pool, 2))).toBe('ab');
    clock.advance(1);
    expect(events.values.map(({ type }) => type)).toContain('pickerFailed');
  });
});

describe('with `failover`', () => {
  const groups = [{ priority: 1 }, {}, {}];

  it('those of the first group are used alone while they are up', () => {
    const { pool } = worldOf(groups, { balance: failover() });
    const leases = borrowMany(pool, 4);
    expect(places(leases)).toBe('bcbc');
    releaseAll(leases);
    expect(sent(pool, 4)).toBe('bcbc');
  });

  it('those of the next group are used as well while too few of the first are up, and no longer than that', () => {
    const { pool, clock, transports } = worldOf(groups, { balance: failover(), retry: { delay: 100 } });
    const [, b] = transports;
    b!.onOpen = (attempt) => attempt.refuse();
    expect([...new Set(places(borrowMany(pool, 4)))].sort()).toEqual(['a', 'c']);
    b!.onOpen = (attempt) => attempt.accept();
    clock.advance(100);
    expect(places(borrowMany(pool, 4))).not.toContain('a');
  });

  it('another group leaves room in which the first is found to be back, and is then closed for it', () => {
    const { pool, clock, transports } = worldOf(groups, {
      balance: failover(),
      max: 4,
      retry: { delay: 100, resetAfter: 50 },
    });
    for (const transport of transports.slice(1)) transport.onOpen = (attempt) => attempt.refuse();
    const waiters = Array.from({ length: 4 }, () => record(pool.borrow()));
    expect(pool.stats).toMatchObject({ lent: 2, waiting: 2 });
    for (const transport of transports.slice(1)) transport.onOpen = (attempt) => attempt.accept();
    clock.advance(200);
    const leases = waiters.map(({ only }) => only);
    expect(places(leases)).toBe('aabc');
    releaseAll(leases);
    clock.advance(50);
    expect(places(borrowMany(pool, 4))).not.toContain('a');
  });

  it('whoever insists on one of a later group has the room that is there', () => {
    const { pool } = worldOf([{}, { priority: 1 }, { priority: 1 }, { priority: 2 }], { balance: failover(), max: 3 });
    borrowNow(pool);
    expect(record(pool.borrow({ endpoint: 'd' })).only.endpoint.address).toBe('d');
  });

  it('one that is left of several is used as if it had been alone', () => {
    const lists = new Subject<FakeTransport[]>();
    const clock = new VirtualClock();
    const [a, b] = [fakeTransport('a'), Object.assign(fakeTransport('b'), { priority: 1 })];
    for (const one of [a, b]) one.onOpen = (attempt) => attempt.accept();
    const pool = createPool(lists, { clock, balance: failover(), min: 2, max: 2 });
    lists.next([a, b]);
    lists.next([b]);
    expect(pool.stats.idle).toBe(2);
    expect(places(borrowMany(pool, 2))).toBe('bb');
  });

  it('another group serves those for whom the first has no room', () => {
    const { pool } = worldOf(groups, { balance: failover(), maxPerEndpoint: 1 });
    expect(places(borrowMany(pool, 3))).toBe('bca');
  });

  it('another group lends what it has idle to those for whom the first has no room', () => {
    const { pool } = worldOf(groups, { balance: failover(), maxPerEndpoint: 1, max: 3 });
    const leases = borrowMany(pool, 3);
    const waiter = record(pool.borrow());
    leases[2]!.release();
    expect(waiter.only.endpoint.address).toBe('a');
    waiter.only.release();
    expect(places(borrowMany(pool, 1))).toBe('a');
  });
});

describe('where connections are shared', () => {
  const shared = (config: PoolConfig<FakeSocket>): World => worldOf([{}, {}], { concurrency: 10, max: 2, ...config });

  it('the picker chooses among those as well that have connections with room for one more', () => {
    const { pool } = shared({
      balance: (candidates) => candidates.find(({ address }) => address === 'b') ?? candidates[0],
    });
    expect(places(borrowMany(pool, 6))).toBe('bbbbbb');
  });

  it('without one it is the connection with the fewest leases of all', () => {
    const { pool } = shared({});
    expect(places(borrowMany(pool, 2))).toBe('aa');
    const one = borrowMany(pool, 4);
    expect(new Set(places(one)).size).toBe(1);
  });
});

describe('with `consistentHash`', () => {
  const keyed = (size: number, config: PoolConfig<FakeSocket> = {}): World =>
    worldOf(
      Array.from({ length: size }, () => ({})),
      { balance: consistentHash({ load: Infinity }), max: 100, ...config },
    );
  const homeOf = (pool: FakePool, key: string): string => {
    const lease = record(pool.borrow({ key })).only;
    const { address } = lease.endpoint;
    lease.release();
    return address;
  };

  it('a key has the same endpoint each time, and keys have different ones', () => {
    const { pool } = keyed(4);
    const keys = Array.from({ length: 40 }, (_, i) => `user:${i}`);
    const homes = keys.map((key) => homeOf(pool, key));
    expect(keys.map((key) => homeOf(pool, key))).toEqual(homes);
    expect(new Set(homes).size).toBe(4);
    expect(homeOf(keyed(4).pool, 'user:7')).toBe(homes[7]);
  });

  it('a key waits for its endpoint, also where others have something idle', () => {
    const { pool } = keyed(2, { maxPerEndpoint: 1 });
    const home = homeOf(pool, 'a key');
    const lease = record(pool.borrow({ key: 'a key' })).only;
    const waiter = record(pool.borrow({ key: 'a key' }));
    expect(waiter.values).toEqual([]);
    lease.release();
    expect(waiter.only.endpoint.address).toBe(home);
  });

  it('a key goes on to another endpoint where its own has too much to do', () => {
    const { pool } = keyed(2, { balance: consistentHash({ load: 1.25 }) });
    const leases = Array.from({ length: 4 }, () => record(pool.borrow({ key: 'a key' })).only);
    expect(new Set(places(leases)).size).toBe(2);
  });

  it('a key that waits for an endpoint which goes down goes on to another, and is back when that is', () => {
    const { pool, clock, transports } = keyed(3, { retry: { delay: 100, resetAfter: 10 }, maxPerEndpoint: 1 });
    const home = record(pool.borrow({ key: 'a key' })).only.endpoint.address;
    const transport = transports.find(({ address }) => address === home)!;
    const waiter = record(pool.borrow({ key: 'a key' }));
    expect(waiter.values).toEqual([]);
    transport.onOpen = undefined;
    transport.last.lose();
    clock.advance(1);
    expect(waiter.only.endpoint.address).not.toBe(home);
    clock.advance(100);
    transport.last.refuse();
    transport.onOpen = (attempt) => attempt.accept();
    clock.advance(1_000);
    expect(homeOf(pool, 'a key')).toBe(home);
  });

  it('keys that go on to another endpoint keep their places before those who came later', () => {
    const { pool, transports } = keyed(2, { maxPerEndpoint: 1, retry: { delay: 1_000 } });
    const home = record(pool.borrow({ key: 'a key' })).only.endpoint.address;
    const other = home === 'a' ? 'b' : 'a';
    const lent = record(pool.borrow({ endpoint: other })).only;
    const first = record(pool.borrow({ key: 'a key' }));
    const second = record(pool.borrow({ endpoint: other }));
    const transport = transports.find(({ address }) => address === home)!;
    transport.onOpen = undefined;
    transport.last.lose();
    transport.last.refuse();
    lent.release();
    expect([first.values.length, second.values.length]).toEqual([1, 0]);
  });

  it('a key is back at its endpoint also where that was lost for good before anybody wanted it again', () => {
    const { pool, clock, transports } = keyed(3, { retry: { delay: 100, resetAfter: 10 } });
    const home = homeOf(pool, 'a key');
    const transport = transports.find(({ address }) => address === home)!;
    transport.last.lose();
    expect(homeOf(pool, 'a key')).not.toBe(home);
    clock.advance(200);
    expect(homeOf(pool, 'a key')).toBe(home);
  });

  it('whoever has no key goes where there is the least to do', () => {
    const { pool } = keyed(3);
    expect(
      Array.from(places(borrowMany(pool, 3)))
        .sort()
        .join(''),
    ).toBe('abc');
  });

  it('a worker asks for the endpoint of its key each time', () => {
    const { pool } = keyed(3);
    const home = homeOf(pool, 'a key');
    const seen: string[] = [];
    pool.use(() => of(1), { key: 'a key' }).subscribe();
    pool.borrow({ key: 'a key' }).subscribe((lease) => {
      seen.push(lease.endpoint.address);
      lease.release();
    });
    expect(seen).toEqual([home]);
  });
});

it('whoever waits for leave of a limit gets none by the removal of the endpoint of its key, and later one of the others', () => {
  const clock = new VirtualClock();
  const lists = new Subject<FakeTransport[]>();
  const pool = createPool(lists, { clock, balance: consistentHash(), limits: [quota({ max: 1 })] });
  const transports = ['a', 'b', 'c'].map((address) => fakeTransport(address));
  for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
  lists.next(transports);
  const lease = record(pool.borrow({ key: 'a key' })).only;
  const home = lease.endpoint.address;
  const parked = record(pool.borrow({ key: 'a key' }));
  lists.next(transports.filter(({ address }) => address !== home));
  expect(parked.isOver || parked.values.length > 0).toBe(false);
  lease.release();
  expect(parked.only.endpoint.address).not.toBe(home);
});
