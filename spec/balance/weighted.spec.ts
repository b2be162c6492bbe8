import { expect, it } from 'vitest';
import type { PickSet } from '../../src/balance/pick-set.js';
import { weighted } from '../../src/balance/weighted.js';
import { counted, endpoints, filled, picks, type Endpoint } from './candidates.js';

const whole = [
  [5, 1, 1],
  [1, 5, 1],
  [1, 1, 5],
  [3, 2, 1],
  [4, 3, 2, 1],
  [10, 1, 1, 1, 1, 1],
].map((weights) => ({ weights }));

it.each([...whole, { weights: [0.5, 1.5, 2] }, { weights: [1, 1, 1, 1] }])(
  'gives each its share of the turns: $weights',
  ({ weights }) => {
    const rounds = 300;
    const turns = counted(picks(set(weights), rounds * sum(weights)), weights.length);
    for (const [index, weight] of weights.entries()) {
      // Each of the others may have had one turn early.
      const off = Math.abs(turns[index]! - rounds * weight);
      expect(off, `number ${String(index)}`).toBeLessThan(weights.length);
    }
  },
);

it.each(whole)('has none in a row for longer than smooth weighted round robin: $weights', ({ weights }) => {
  const count = 200 * sum(weights);
  expect(longestRun(picks(set(weights), count))).toBeLessThanOrEqual(longestRun(smooth(weights, count)));
});

it('has been compared with what nginx does', () => {
  expect(smooth([5, 1, 1], 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
  expect(longestRun(smooth([5, 1, 1], 70))).toBe(4);
});

it('follows a weight that changes', () => {
  const all = endpoints(2);
  const both = filled(weighted(), all);
  picks(both, 100);
  all[0]!.weight = 3;
  both.changed(all[0]!);
  const [many = 0, few = 0] = counted(picks(both, 400), 2);
  expect(Math.abs(many - 3 * few)).toBeLessThanOrEqual(4);
});

it('owes nothing to one that has been away', () => {
  const all = endpoints(3, (index) => ({ weight: index === 2 ? 4 : 1 }));
  const three = filled(weighted(), all);
  picks(three, 60);
  three.remove(all[2]!);
  picks(three, 1_000);
  three.add(all[2]!);
  // Four of six turns are its due, and the one that it comes back with.
  expect(counted(picks(three, 6), 3)[2]).toBeLessThanOrEqual(5);
  expect(counted(picks(three, 60), 3)).toEqual([10, 10, 40]);
});

it('keeps to the weights in each of the pools that share it, however much the others do', () => {
  const shared = weighted();
  const weigh = (index: number): { weight: number } => ({ weight: index === 0 ? 3 : 1 });
  const [busy, quiet] = [filled(shared, endpoints(2, weigh)), filled(shared, endpoints(2, weigh))];
  const quietly = Array.from({ length: 400 }, () => {
    picks(busy, 50);
    return picks(quiet, 1)[0]!;
  });
  const [many = 0, few = 0] = counted(quietly, 2);
  expect(Math.abs(many - 3 * few)).toBeLessThanOrEqual(4);
});

function set(weights: readonly number[]): PickSet<Endpoint> {
  return filled(
    weighted(),
    endpoints(weights.length, (index) => ({ weight: weights[index]! })),
  );
}

/** nginx's smooth weighted round robin: each gains its weight, the richest one pays for all. */
function smooth(weights: readonly number[], count: number): number[] {
  const credit = weights.map(() => 0);
  return Array.from({ length: count }, () => {
    for (const [index, weight] of weights.entries()) credit[index]! += weight;
    const richest = credit.indexOf(Math.max(...credit));
    credit[richest]! -= sum(weights);
    return richest;
  });
}

function longestRun(indices: readonly number[]): number {
  let longest = 0;
  let run = 0;
  for (const [at, index] of indices.entries()) {
    run = index === indices[at - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
