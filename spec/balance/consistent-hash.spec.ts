import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../src/balance/balance.js';
import type { Candidate } from '../../src/balance/candidate.js';
import { consistentHash, type ConsistentHashConfig } from '../../src/balance/consistent-hash.js';
import { hash } from '../../src/balance/hash.js';
import { leastInUse } from '../../src/balance/least-in-use.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { endpoints, type Endpoint } from './candidates.js';

const anyone: (one: Candidate) => boolean = () => true;
const keys = Array.from({ length: 20_000 }, (_, i) => `user:${String(i)}`);

function ringOf(all: readonly Endpoint[], config: ConsistentHashConfig = {}): KeyRing {
  const ring = consistentHash(config).ring!();
  for (const one of all) ring.add(one);
  return ring;
}

function placesOf(ring: KeyRing): (string | undefined)[] {
  return keys.map((key) => ring.locate(key, anyone)?.address);
}

function lend(ring: KeyRing, all: readonly Endpoint[], key: string, may = anyone): Endpoint {
  const located = ring.locate(key, may);
  const one = all.find((other) => other === located)!;
  one.leases++;
  ring.changed(one);
  return one;
}

describe('the place of a key', () => {
  it.each([10, 100, 1_000])(
    'moves for at most 1 / n + 2 %% of all keys when one of %d leaves, and for no other',
    (n) => {
      const all = endpoints(n);
      const ring = ringOf(all);
      const before = placesOf(ring);
      // The largest part of ten is the one to look at; of more, a few will do.
      for (const one of all.slice(0, 10)) {
        ring.remove(one);
        const after = placesOf(ring);
        ring.add(one);
        const moved = keys.filter((_, i) => before[i] !== after[i]);
        expect(moved.length / keys.length).toBeLessThanOrEqual(1 / n + 0.02);
        expect(before.filter((address) => address === one.address)).toHaveLength(moved.length);
      }
      expect(placesOf(ring)).toEqual(before);
    },
  );

  it('does not depend on who came first', () => {
    const all = endpoints(20);
    expect(placesOf(ringOf(all.toReversed(), { points: 400 }))).toEqual(placesOf(ringOf(all, { points: 400 })));
  });

  it('is that of an equal address that takes the place of another', () => {
    const all = endpoints(20);
    const ring = ringOf(all);
    const before = placesOf(ring);
    ring.remove(all[7]!);
    ring.add({ ...all[7]! });
    expect(placesOf(ring)).toEqual(before);
  });

  it('on a point that two have is that of the lower address, whoever came first', () => {
    // Each has a point at 3622687030, and no point is between it and the key.
    const both = endpoints(2, (index) => ({ address: ['server-202:80', 'server-762:80'][index]! }));
    for (const order of [both, both.toReversed()])
      expect(ringOf(order, { points: 160 }).locate('key:1', anyone)).toBe(both[0]);
  });

  it('is looked for to an end, even if all leave meanwhile', () => {
    const all = endpoints(3);
    const ring = ringOf(all);
    const leave = (): boolean => {
      for (const one of all) ring.remove(one);
      return false;
    };
    expect(ring.locate('key', leave)).toBeUndefined();
  });

  it('is the same whatever has come and gone', () => {
    const random = seededRandom(5);
    const all = endpoints(60);
    const ring = ringOf([], { points: 7 });
    const on = new Set<Endpoint>();
    for (let step = 0; step < 600; step++) {
      const one = all[Math.floor(random() * all.length)]!;
      if (random() < 0.5) {
        ring.add(one);
        on.add(one);
      } else {
        ring.remove(one);
        on.delete(one);
      }
      if (step % 50 === 0) expect(placesOf(ring)).toEqual(placesOf(ringOf([...on], { points: 7 })));
    }
  });

  it('is passed on where one may not serve, to the same one as if it had left', () => {
    const all = endpoints(10);
    const ring = ringOf(all);
    const without = keys.map((key) => ring.locate(key, (one) => one !== all[3])?.address);
    ring.remove(all[3]!);
    expect(placesOf(ring)).toEqual(without);
  });

  it('is nowhere where nobody may serve, or nobody is there', () => {
    const all = endpoints(3);
    const ring = ringOf(all);
    const asked: Candidate[] = [];
    expect(ring.locate('key', (one) => (asked.push(one), false))).toBeUndefined();
    expect(asked).toHaveLength(3);
    expect(new Set(asked)).toEqual(new Set(all));
    for (const one of all) ring.remove(one);
    expect(ring.locate('key', anyone)).toBeUndefined();
  });

  it('stays where one comes or leaves twice', () => {
    const all = endpoints(5);
    const ring = ringOf(all);
    const before = placesOf(ring);
    ring.add(all[1]!);
    expect(placesOf(ring)).toEqual(before);
    ring.remove(all[1]!);
    ring.remove(all[1]!);
    ring.changed(all[1]!);
    expect(placesOf(ring)).toEqual(placesOf(ringOf(all.filter((one) => one !== all[1]))));
  });
});

describe('the load', () => {
  it.each([1, 1.25, 2])('stays within %d times the mean, rounded up, whatever the keys', (load) => {
    const all = endpoints(10);
    const ring = ringOf(all, { load });
    for (let i = 1; i <= 500; i++) {
      const one = lend(ring, all, 'the one that everybody wants');
      expect(one.leases).toBeLessThanOrEqual(Math.ceil((load * i) / 10));
    }
    expect(Math.max(...all.map(({ leases }) => leases))).toBe(Math.ceil(load * 50));
  });

  it('stays within the part that a weight gives', () => {
    const all = endpoints(4, (index) => ({ weight: index === 0 ? 5 : 1 }));
    const ring = ringOf(all, { load: 1 });
    for (let i = 0; i < 800; i++) lend(ring, all, 'key');
    expect(all.map(({ leases }) => leases)).toEqual([500, 100, 100, 100]);
  });

  it('goes back to where the key belongs when there is room, and follows weights', () => {
    const all = endpoints(4);
    const ring = ringOf(all);
    const first = lend(ring, all, 'key');
    const second = lend(ring, all, 'key');
    expect(second).not.toBe(first);
    first.leases = 0;
    ring.changed(first);
    expect(ring.locate('key', anyone)).toBe(first);

    for (const one of all) {
      one.leases = 10;
      ring.changed(one);
    }
    const heavy = all.find((one) => one !== first)!;
    heavy.weight = 100;
    ring.changed(heavy);
    expect(ring.locate('key', anyone)).toBe(heavy);
  });

  it('does not count those that have left', () => {
    const all = endpoints(4, (index) => (index === 3 ? { leases: 1_000, weight: 100 } : { leases: 1 }));
    const ring = ringOf(all, { load: 1 });
    ring.remove(all[3]!);
    for (let i = 0; i < 30; i++) lend(ring, all, 'key');
    expect(all.map(({ leases }) => leases)).toEqual([11, 11, 11, 1_000]);
  });

  it('gives way where nobody with room may serve', () => {
    const all = endpoints(3);
    const ring = ringOf(all, { load: 1 });
    for (let i = 0; i < 9; i++) expect(lend(ring, all, 'key', (one) => one === all[2])).toBe(all[2]);
  });

  it('may be without a limit', () => {
    const all = endpoints(10);
    const ring = ringOf(all, { load: Infinity });
    const first = lend(ring, all, 'key');
    for (let i = 0; i < 100; i++) expect(lend(ring, all, 'key')).toBe(first);
  });

  it('is looked at without asking all', () => {
    const all = endpoints(1_000, () => ({ leases: 1 }));
    const ring = ringOf(all);
    let looks = 0;
    for (const one of all) Object.defineProperty(one, 'leases', { get: () => (looks++, 1) });
    let asked = 0;
    for (const key of keys.slice(0, 100)) ring.locate(key, () => (asked++, true));
    expect([looks, asked]).toEqual([0, 100]);
  });
});

describe('the hash', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j is what fmix32 makes of its FNV-1a', (text, fnv) => {
    const mixed = (h: number): number => {
      const once = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
      return (twice ^ (twice >>> 16)) >>> 0;
    };
    expect(hash(text)).toBe(mixed(fnv));
  });

  it('fills all parts of the ring alike', () => {
    const parts = Array<number>(64).fill(0);
    for (const key of keys) parts[hash(key) >>> 26]!++;
    for (const part of parts) expect(Math.abs(part / (keys.length / 64) - 1)).toBeLessThan(0.25);
  });
});

describe('the options', () => {
  it('have a picker for borrows without a key', () => {
    const picker = leastInUse();
    expect(consistentHash({ picker }).picker).toBe(picker);
    expect(consistentHash().picker).toHaveProperty('rank');
  });

  it.each<[config: unknown, kind: typeof TypeError, message: string]>([
    [{ load: 0.9 }, RangeError, 'consistentHash: load must be a number from 1 to Infinity, got 0.9'],
    [{ load: '2' }, TypeError, 'consistentHash: load must be a number from 1 to Infinity, got "2"'],
    [{ points: 0 }, RangeError, 'consistentHash: points must be an integer from 1 to 10000, got 0'],
    [{ points: 1.5 }, RangeError, 'consistentHash: points must be an integer from 1 to 10000, got 1.5'],
    [{ picker: 'leastInUse' }, TypeError, 'consistentHash: picker must be a function or an object, got "leastInUse"'],
    [{ picker: {} }, TypeError, 'consistentHash: picker must be a picker such as roundRobin(), '],
    [{ weight: 1 }, TypeError, 'consistentHash: unknown option weight; known are load, points, picker'],
  ])('refuses %j', (config, kind, message) => {
    const make = (): unknown => consistentHash(config as ConsistentHashConfig);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
