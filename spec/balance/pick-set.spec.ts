import { describe, expect, it } from 'vitest';
import { leastInUse } from '../../src/balance/least-in-use.js';
import { peakEwma } from '../../src/balance/peak-ewma.js';
import { pickSet } from '../../src/balance/pick-set.js';
import type { Picker } from '../../src/balance/picker.js';
import { powerOfTwo } from '../../src/balance/power-of-two.js';
import { roundRobin } from '../../src/balance/round-robin.js';
import { weighted } from '../../src/balance/weighted.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { endpoints, filled, picks, type Endpoint } from './candidates.js';

const pickers: [name: string, make: () => Picker][] = [
  ['roundRobin', roundRobin],
  ['weighted', weighted],
  ['leastInUse', leastInUse],
  ['powerOfTwo', powerOfTwo],
  ['peakEwma', peakEwma],
];

describe.each(pickers)('a set with %s', (_name, make) => {
  it('has nothing to pick where nothing is in', () => {
    const set = filled(make(), []);
    expect(set.pick()).toBeUndefined();
    expect(set.pickAmong([])).toBeUndefined();
    expect(set.size).toBe(0);
  });

  it('takes in what is in, and takes out what is not, without effect', () => {
    const [one, two] = endpoints(2) as [Endpoint, Endpoint];
    const set = filled(make(), [one]);
    set.add(one);
    expect(set.size).toBe(1);
    set.remove(two);
    set.changed(two);
    expect(set.size).toBe(1);
    expect(two.place).toBe(-1);
    set.remove(one);
    set.remove(one);
    expect(set.size).toBe(0);
    expect(one.place).toBe(-1);
  });

  it('picks each one that is in at some time, and none that is not', () => {
    const random = seededRandom(11);
    const all = endpoints(40);
    const set = filled(make(), all);
    const seen = new Set<number>();
    for (let step = 0; step < 4_000; step++) {
      const one = all[Math.floor(random() * all.length)]!;
      if (random() < 0.5) set.remove(one);
      else set.add(one);
      const picked = set.pick();
      if (picked === undefined) continue;
      expect(picked.place).toBeGreaterThanOrEqual(0);
      seen.add(picked.order);
      picked.leases = Math.floor(random() * 9);
      set.changed(picked);
    }
    expect(set.size).toBe(all.filter(({ place }) => place >= 0).length);
    expect(seen.size).toBe(all.length);
    for (const one of all) set.remove(one);
    expect(set.size).toBe(0);
  });

  it('picks among others than those in it', () => {
    const all = endpoints(6);
    const set = filled(make(), all.slice(0, 2));
    for (let i = 0; i < 50; i++) expect(all.slice(3, 5)).toContain(set.pickAmong(all.slice(3, 5)));
    expect(set.size).toBe(2);
  });
});

describe('picking among a list', () => {
  it('counts as a turn, also for those in the set', () => {
    const all = endpoints(4);
    const set = filled(roundRobin(), all);
    expect([1, 2, 3].map(() => set.pickAmong(all.slice(1))?.order)).toEqual([1, 2, 3]);
    expect(picks(set, 5)).toEqual([0, 0, 1, 2, 3]);
  });

  it('takes the lowest rank, and the lowest order of equals, in whatever order', () => {
    const all = endpoints(4, (index) => ({ leases: [2, 1, 1, 3][index]! }));
    const set = filled(leastInUse(), []);
    expect(set.pickAmong(all)).toBe(all[1]);
    expect(set.pickAmong(all.toReversed())).toBe(all[1]);
  });
});

describe('a ranking of somebody else', () => {
  it('hears of each pick and its turn before it ranks again', () => {
    const told: string[] = [];
    const all = endpoints(2);
    const set = filled(
      {
        rank: ({ address, mark }) => (told.push(`rank ${address}`), mark),
        picked: (one, turn) => {
          told.push(`picked ${one.address} ${String(turn)}`);
          one.mark = turn;
        },
      },
      all,
    );
    told.length = 0;
    const [a = '', b = ''] = all.map(({ address }) => address);
    expect(picks(set, 3)).toEqual([0, 1, 0]);
    expect(told).toEqual([`picked ${a} 1`, `rank ${a}`, `picked ${b} 2`, `rank ${b}`, `picked ${a} 3`, `rank ${a}`]);
  });

  it('may come back to the set', () => {
    const all = endpoints(3);
    const set = pickSet<Endpoint>(
      {
        rank: (one) => {
          const own = all.find((other) => other === one)!;
          if (own.order === 2 && own.leases === 0) {
            own.leases = 1;
            set.add(own);
          }
          if (own.leases === 5) set.remove(own);
          return own.order + own.leases;
        },
      },
      {
        random: seededRandom(1),
        failed: (error) => {
          throw error;
        },
      },
    );
    for (const one of all) set.add(one);
    expect(set.size).toBe(3);
    all[0]!.leases = 5;
    set.changed(all[0]!);
    expect(set.size).toBe(2);
    expect(set.pick()).toBe(all[1]);
    expect(all.map(({ place }) => place)).toEqual([-1, 0, 1]);
  });
});

describe('the cost', () => {
  /** Ranks asked for, and moves in the heap, for each of 1,000 picks and the change after it. */
  function cost(count: number, make: () => Picker): { asked: number; moves: number } {
    let asked = 0;
    let moves = 0;
    const picker = make();
    if (typeof picker === 'function') throw new Error('it does not rank');
    const all = endpoints(count).map((one) => {
      let { place } = one;
      return Object.defineProperty(one, 'place', {
        get: () => place,
        set: (value: number) => (moves++, (place = value)),
      });
    });
    const set = filled(
      {
        rank: (one) => (asked++, picker.rank(one)),
        picked: (one, turn) => picker.picked?.(one, turn),
      },
      all,
    );
    asked = 0;
    moves = 0;
    for (let i = 0; i < 1_000; i++) {
      const one = set.pick()!;
      one.leases++;
      set.changed(one);
    }
    return { asked: asked / 1_000, moves: moves / 1_000 };
  }

  it.each(pickers.slice(0, 3))('of a pick with %s is two ranks, however many there are', (_name, make) => {
    expect(cost(10, make).asked).toBe(2);
    expect(cost(1_000, make).asked).toBe(2);
  });

  it.each(pickers.slice(0, 3))('of a pick with %s grows with the logarithm of how many there are', (_name, make) => {
    expect(cost(10, make).moves).toBeLessThanOrEqual(3);
    // Six levels of four.
    expect(cost(1_000, make).moves).toBeLessThanOrEqual(6);
  });

  it.each(pickers.slice(3))('of a pick with %s is a look at two', (_name, make) => {
    const looked = (count: number): number => {
      let looks = 0;
      const set = filled(
        make(),
        endpoints(count).map((one) => Object.defineProperty(one, 'leases', { get: () => (looks++, 0) })),
      );
      set.pick();
      return looks;
    };
    expect([10, 1_000].map(looked)).toEqual([2, 2]);
  });
});
