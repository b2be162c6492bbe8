import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { Sites } from './constraint-lab.js';
import { borrowMany, borrowNow, handLab, instantLab, record, type FakeLease } from './pool-lab.js';

/** How many of the leases are on each connection, by its number. */
function spread(leases: readonly FakeLease[]): number[] {
  const counts: number[] = [];
  for (const { socket } of leases) counts[socket.id] = (counts[socket.id] ?? 0) + 1;
  return counts;
}

describe('concurrency', () => {
  it('lends one connection so many times, then another', () => {
    const { pool, transport } = instantLab({ max: 2, concurrency: 3 });
    const leases = borrowMany(pool, 6);
    expect(spread(leases)).toEqual([3, 3]);
    expect(transport.opens).toHaveLength(2);
    const seventh = record(pool.borrow());
    expect(seventh.values).toEqual([]);
    leases[4]!.release();
    expect(seventh.only.socket).toBe(leases[5]!.socket);
  });

  it('lends an idle connection before one that is lent', () => {
    const { pool } = instantLab({ max: 3, concurrency: 2 });
    const leases = borrowMany(pool, 6);
    for (const lease of leases) lease.release();
    expect(pool.stats.idle).toBe(3);
    expect(spread(borrowMany(pool, 3))).toEqual([1, 1, 1]);
    expect(spread(borrowMany(pool, 3))).toEqual([1, 1, 1]);
  });

  it('lends the one with the fewest leases', () => {
    const { pool } = instantLab({ max: 3, concurrency: 4 });
    const leases = borrowMany(pool, 12);
    const of = (id: number): FakeLease[] => leases.filter((one) => !one.isOver && one.socket.id === id);
    of(1)
      .slice(0, 3)
      .forEach((one) => one.release());
    of(2)
      .slice(0, 2)
      .forEach((one) => one.release());
    expect(
      borrowMany(pool, 5)
        .map(({ socket }) => socket.id)
        .sort(),
    ).toEqual([1, 1, 1, 2, 2]);
  });

  it('lends the one with the fewest leases also across endpoints', () => {
    const sites = new Sites(['a', 'b'], { max: 2, concurrency: 10 });
    const onA = [sites.now('a'), sites.now('a'), sites.now('a')];
    const onB = sites.now('b');
    expect(sites.now().endpoint.address).toBe('b');
    for (const lease of onA) lease.release();
    expect(sites.now().endpoint.address).toBe('a');
    expect(onB.isOver).toBe(false);
  });

  it('of Infinity needs one connection only', () => {
    const { pool, transport } = instantLab({ concurrency: Infinity });
    expect(spread(borrowMany(pool, 500))).toEqual([500]);
    expect(transport.opens).toHaveLength(1);
  });

  it.each([0, 1.5, -1, NaN])('of %s is refused by name', (concurrency) => {
    expect(() => instantLab({ concurrency })).toThrow(/concurrency/);
  });

  it('looks and restores when nobody has the connection, and only then', () => {
    const { pool, transport, clock } = instantLab({ max: 1, concurrency: 3, validateAfter: 0 });
    const calls: string[] = [];
    transport.usable = () => calls.push('look') > 0;
    transport.validate = () => calls.push('validate') > 0;
    transport.restore = () => calls.push('restore') > 0;
    const leases = borrowMany(pool, 3);
    expect(calls).toEqual([]);
    clock.advance(10_000);
    leases[1]!.release();
    leases.push(borrowNow(pool));
    leases[0]!.release();
    leases[2]!.release();
    expect(calls).toEqual([]);
    leases[3]!.release();
    expect(calls).toEqual(['restore']);
    clock.advance(1_000);
    borrowMany(pool, 3);
    expect(calls).toEqual(['restore', 'look', 'validate']);
  });

  it('tells in stats how many leases are out, on how many connections', () => {
    const { pool } = instantLab({ max: 2, concurrency: 2 });
    const leases = borrowMany(pool, 3);
    expect(pool.stats).toMatchObject({ lent: 2, leases: 3, idle: 0, borrowed: 3 });
    expect(pool.slots.map((slot) => slot.leases)).toEqual([2, 1]);
    leases[0]!.release();
    leases[1]!.destroy();
    expect(pool.stats).toMatchObject({ lent: 1, leases: 1, idle: 0, released: 1, destroyed: 1, borrowed: 3 });
    leases[2]!.release();
    expect(pool.stats).toMatchObject({ lent: 0, leases: 0, idle: 1, released: 2 });
  });

  it('serves as many waiters with a new connection as it may have', () => {
    const { pool, transport } = handLab({ max: 1, concurrency: 3 });
    const waiters = Array.from({ length: 4 }, () => record(pool.borrow()));
    transport.last.accept();
    expect(waiters.map(({ values }) => values.length)).toEqual([1, 1, 1, 0]);
  });

  it('lets a loan that came to nothing be followed by another', () => {
    const { pool } = instantLab({ max: 1, concurrency: 2 });
    for (let i = 0; i < 100; i++) {
      const [one, other] = borrowMany(pool, 2);
      (i % 2 === 0 ? one : other)!.release();
      (i % 2 === 0 ? other : one)!.release();
    }
    expect(pool.stats).toMatchObject({ idle: 1, leases: 0, released: 200 });
  });
});

describe('the lifetime of a shared connection', () => {
  it('ends with its last lease, and it is lent to nobody else from then on', () => {
    const { pool, clock, transport } = instantLab({ max: 2, concurrency: 3, maxLifetime: 1_000, lifetimeJitter: 0 });
    const old = borrowMany(pool, 2);
    clock.advance(1_000);
    const young = borrowNow(pool);
    expect(young.socket).not.toBe(old[0]!.socket);
    const { socket } = old[0]!;
    old[0]!.release();
    expect(socket.closed).toBe(false);
    expect(borrowNow(pool).socket).toBe(young.socket);
    old[1]!.release();
    expect(socket.closed).toBe(true);
    expect(transport.opens).toHaveLength(2);
  });

  it('by uses ends as well, also if it is never without a lease', () => {
    const { pool, transport } = instantLab({ max: 1, concurrency: 2, maxUses: 4 });
    let last = borrowNow(pool);
    const first = last.socket;
    for (let i = 0; i < 10; i++) {
      const next = record(pool.borrow());
      last.release();
      last = next.only;
    }
    expect(first.closed).toBe(true);
    expect(transport.opens.length).toBeGreaterThan(1);
    expect(transport.mostActive).toBe(1);
  });

  it('by uses is never exceeded, however many have it at the same time', () => {
    const { pool } = instantLab({ max: 3, concurrency: 10, maxUses: 3 });
    expect(spread(borrowMany(pool, 6))).toEqual([3, 3]);
  });

  it('ends for all at the loss', () => {
    const { pool, transport, clock } = instantLab({ max: 1, concurrency: 3 });
    const leases = borrowMany(pool, 3);
    const lost = leases.map((one) => record(one.lost$));
    const data = leases.map((one) => record(one.data$));
    transport.last.lose(new Error('reset'));
    for (const { only, completed } of lost) {
      expect(only).toBeInstanceOf(ConnectionLostError);
      expect(completed).toBe(true);
    }
    for (const { error } of data) expect(error).toBeInstanceOf(ConnectionLostError);
    expect(pool.stats).toMatchObject({ leases: 0, lent: 0, lostLent: 3, owned: 0 });
    for (const lease of leases) lease.release();
    expect(pool.stats).toMatchObject({ leases: 0, lostLent: 3, released: 0 });
    const next = record(pool.borrow());
    clock.advance(10_000);
    expect(next.values).toHaveLength(1);
    leases[0]!.destroy(undefined, { now: true });
    expect(next.only.isOver).toBe(false);
  });
});
