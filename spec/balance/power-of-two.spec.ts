import { expect, it } from 'vitest';
import { powerOfTwo } from '../../src/balance/power-of-two.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { counted, endpoints, filled, picks } from './candidates.js';

it('keeps leases far more even than chance does', () => {
  const spread = (picker: Parameters<typeof filled>[0]): number => {
    const all = endpoints(100);
    const set = filled(picker, all);
    for (let i = 0; i < 10_000; i++) set.pick()!.leases++;
    return Math.max(...all.map(({ leases }) => leases)) - 100;
  };
  expect(spread((candidates, random) => candidates[Math.floor(random() * candidates.length)])).toBeGreaterThan(15);
  expect(spread(powerOfTwo())).toBeLessThanOrEqual(4);
});

it('gives leases by weight', () => {
  const all = endpoints(30, (index) => ({ weight: index < 15 ? 1 : 3 }));
  const set = filled(powerOfTwo(), all);
  for (let i = 0; i < 6_000; i++) set.pick()!.leases++;
  for (const { leases, weight } of all) expect(Math.abs(leases / weight - 100)).toBeLessThanOrEqual(5);
});

it('compares two that are never the same: the worst one is never picked', () => {
  const set = filled(
    powerOfTwo(),
    endpoints(4, (index) => ({ leases: index === 1 ? 1 : 0 })),
  );
  const all = counted(picks(set, 3_000), 4);
  expect(all[1]).toBe(0);
  for (const index of [0, 2, 3]) expect(Math.abs(all[index]! - 1_000)).toBeLessThan(100);
});

it('counts attempts to connect as leases', () => {
  const set = filled(
    powerOfTwo(),
    endpoints(2, (index) => ({ connecting: 1 - index })),
  );
  expect(counted(picks(set, 50), 2)).toEqual([0, 50]);
});

it('weighs those that have nothing to do as well', () => {
  const set = filled(
    powerOfTwo(),
    endpoints(2, (index) => ({ weight: 1 + index })),
  );
  expect(counted(picks(set, 50), 2)).toEqual([0, 50]);
});

it('asks for two numbers a pick, however many there are, and for none where there is no choice', () => {
  const asked = (count: number): number => {
    let calls = 0;
    const random = seededRandom(3);
    powerOfTwo()(endpoints(count), () => (calls++, random()));
    return calls;
  };
  expect([1, 2, 10, 1_000].map(asked)).toEqual([0, 2, 2, 2]);
});
