import { expect, it } from 'vitest';
import { roundRobin } from '../../src/balance/round-robin.js';
import { counted, endpoints, filled, picks } from './candidates.js';

it('goes round in the order of the pool, whatever the weights', () => {
  const set = filled(
    roundRobin(),
    endpoints(4, (index) => ({ weight: 1 + index * 10 })),
  );
  expect(picks(set, 12)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
});

it('goes round in the same order when they were added in another', () => {
  const all = endpoints(5);
  const set = filled(
    roundRobin(),
    [3, 0, 4, 2, 1].map((index) => all[index]!),
  );
  expect(picks(set, 10)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

it('gives one that starts slowly its part of the turns, and all of them when it has started', () => {
  const all = endpoints(4, (index) => (index === 2 ? { weight: 0.25, warmth: 0.25 } : {}));
  const set = filled(roundRobin(), all);
  expect(counted(picks(set, 130), 4)).toEqual([40, 40, 10, 40]);

  all[2]!.warmth = 1;
  set.changed(all[2]!);
  picks(set, 4);
  expect(counted(picks(set, 40), 4)).toEqual([10, 10, 10, 10]);
});

it('does not wait for a turn that was far away when the start was slow', () => {
  const all = endpoints(3, (index) => (index === 2 ? { warmth: 0.001 } : {}));
  const set = filled(roundRobin(), all);
  expect(counted(picks(set, 301), 3)).toEqual([150, 150, 1]);

  all[2]!.warmth = 1;
  set.changed(all[2]!);
  expect(counted(picks(set, 3), 3)).toEqual([1, 1, 1]);
});

it.each(['that has been away', 'that is new'])('lets one %s come next, and then in turn', (which) => {
  const all = endpoints(3);
  const set = filled(roundRobin(), which === 'that is new' ? all.slice(0, 2) : all);
  picks(set, 3);
  set.remove(all[2]!);
  picks(set, 1_000);
  set.add(all[2]!);

  const after = picks(set, 30);
  expect(after[0]).toBe(2);
  expect(counted(after.slice(1, 3), 3)[2]).toBeLessThanOrEqual(1);
  expect(counted(after, 3)).toEqual([10, 10, 10]);
});

it('goes round in each of the pools that share it', () => {
  const shared = roundRobin();
  const [busy, quiet] = [filled(shared, endpoints(2)), filled(shared, endpoints(3))];
  const quietly = Array.from({ length: 9 }, () => {
    picks(busy, 101);
    return picks(quiet, 1)[0];
  });
  expect(quietly).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
});
