import { expect, it } from 'vitest';
import { leastInUse } from '../../src/balance/least-in-use.js';
import type { PickSet } from '../../src/balance/pick-set.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { endpoints, filled, type Endpoint } from './candidates.js';

function lend(set: PickSet<Endpoint>): Endpoint {
  const one = set.pick()!;
  one.leases++;
  set.changed(one);
  return one;
}

it('gives each as many leases as its weight says', () => {
  const all = endpoints(3, (index) => ({ weight: index + 1 }));
  const set = filled(leastInUse(), all);
  for (let i = 0; i < 600; i++) lend(set);
  expect(all.map(({ leases }) => leases)).toEqual([100, 200, 300]);
});

it('counts attempts to connect as leases', () => {
  const all = endpoints(3, (index) => ({ connecting: 2 - index, leases: index === 2 ? 3 : 0 }));
  expect(filled(leastInUse(), all).pick()).toBe(all[1]);
});

it('takes the one known for longest of those with as few', () => {
  const all = endpoints(9);
  const set = filled(leastInUse(), all.toReversed());
  expect(Array.from(all, () => lend(set).order)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('has the same as a look at all of them would have, whatever comes and goes', () => {
  const random = seededRandom(7);
  const all = endpoints(60, (index) => ({ weight: 1 + (index % 4) }));
  const set = filled(leastInUse(), all);
  const load = ({ leases, connecting, weight }: Endpoint): number => (leases + connecting) / weight;
  for (let step = 0; step < 5_000; step++) {
    const one = all[Math.floor(random() * all.length)]!;
    const deed = random();
    if (deed < 0.1) set.remove(one);
    else if (deed < 0.3) set.add(one);
    else {
      one.leases = Math.floor(random() * 6);
      one.connecting = Math.floor(random() * 3);
      set.changed(one);
    }
    const within = all.filter(({ place }) => place >= 0);
    const [least] = within.toSorted((a, b) => load(a) - load(b) || a.order - b.order);
    expect(set.size).toBe(within.length);
    expect(set.pick()).toBe(least);
  }
});

it('has all others in order still when some have left', () => {
  const random = seededRandom(9);
  for (let round = 0; round < 20; round++) {
    const all = endpoints(100, () => ({ leases: Math.floor(random() * 1_000) }));
    const set = filled(leastInUse(), all);
    for (const one of all) if (random() < 0.5) set.remove(one);
    const left = all.filter(({ place }) => place >= 0);
    const order = Array.from(left, () => {
      const one = set.pick()!;
      set.remove(one);
      return one;
    });
    expect(order).toEqual(left.toSorted((a, b) => a.leases - b.leases || a.order - b.order));
  }
});
