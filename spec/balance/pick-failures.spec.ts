import { describe, expect, it } from 'vitest';
import { pickSet, type PickSet } from '../../src/balance/pick-set.js';
import type { Candidate } from '../../src/balance/candidate.js';
import type { Picker } from '../../src/balance/picker.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { endpoints, picks, type Endpoint } from './candidates.js';

function failing(picker: Picker, all: readonly Endpoint[]): { set: PickSet<Endpoint>; errors: Error[] } {
  const errors: Error[] = [];
  const set = pickSet<Endpoint>(picker, { random: seededRandom(1), failed: (error) => errors.push(error) });
  for (const one of all) set.add(one);
  return { set, errors };
}

const boom = new Error('boom');
const throws = (): never => {
  throw boom;
};
const [stranger] = endpoints(1) as [Endpoint];

describe.each<[name: string, picker: Picker, why: string]>([
  ['a function that throws', throws, 'it threw: boom'],
  ['a function that returns nothing', () => undefined, 'it returned undefined, which is none of the candidates'],
  ['a function that returns a stranger', () => stranger, 'it returned an object, which is none of the candidates'],
  [
    'a function that returns a copy',
    ([one]) => one && { ...one },
    'it returned an object, which is none of the candidates',
  ],
  ['a function that makes pickers', (() => throws) as never, 'it returned a function, which is none of the candidates'],
  ['a function that returns a number', (() => 0) as never, 'it returned 0, which is none of the candidates'],
  ['a ranking that throws', { rank: throws }, 'it threw: boom'],
  ['a ranking with NaN', { rank: () => NaN }, 'it ranked 10.0.0.0:11211 with NaN, which is not a number'],
  ['a ranking with text', { rank: (() => '1') as never }, 'it ranked 10.0.0.0:11211 with 1, which is not a number'],
])('with %s', (_name, picker, why) => {
  it('goes round, and tells it once', () => {
    const { set, errors } = failing(picker, endpoints(3));
    expect(picks(set, 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(errors.map(({ message }) => message)).toEqual([`The picker of the pool's balance does not work: ${why}`]);
    expect(errors[0]!.cause).toBe(why.endsWith('boom') ? boom : undefined);
  });

  it('goes round those that are in', () => {
    const all = endpoints(5);
    const { set } = failing(picker, all);
    picks(set, 2);
    set.remove(all[2]!);
    set.remove(all[4]!);
    expect(picks(set, 4)).toEqual([3, 0, 1, 3]);
  });

  it('goes round in a list, and tells it once', () => {
    const all = endpoints(4);
    const { set, errors } = failing(picker, []);
    expect(set.pickAmong([all[3]!, all[1]!, all[2]!])).toBe(all[1]);
    expect(set.pickAmong([all[3]!, all[2]!])).toBe(all[2]);
    expect(set.pickAmong([all[1]!, all[3]!])).toBe(all[3]);
    expect(set.pickAmong([all[2]!, all[1]!])).toBe(all[1]);
    expect(errors).toHaveLength(1);
  });
});

it('goes on with a function that works again', () => {
  let isBroken = true;
  const last = (all: readonly Candidate[]): Candidate | undefined => (isBroken ? undefined : all.at(-1));
  const { set, errors } = failing(last, endpoints(3));
  expect(picks(set, 2)).toEqual([0, 1]);
  isBroken = false;
  expect(picks(set, 2)).toEqual([2, 2]);
  expect(errors).toHaveLength(1);
});

it('takes one that cannot be ranked after all others, until it can', () => {
  const all = endpoints(3);
  const { set, errors } = failing({ rank: ({ latency, leases }) => (latency === 0 ? NaN : leases) }, all);
  all[1]!.latency = 1;
  set.changed(all[1]!);
  all[1]!.leases = 1_000;
  set.changed(all[1]!);
  expect(picks(set, 2)).toEqual([1, 1]);
  all[2]!.latency = 1;
  set.changed(all[2]!);
  expect(picks(set, 2)).toEqual([2, 2]);
  expect(errors).toHaveLength(1);
});

it('keeps what was picked where a ranking throws when it is told', () => {
  const { set, errors } = failing({ rank: ({ mark }) => mark, picked: throws }, endpoints(2));
  expect(picks(set, 3)).toEqual([0, 0, 0]);
  expect(errors).toHaveLength(1);
});

it('takes a rank of Infinity for a number', () => {
  const { set, errors } = failing({ rank: () => Infinity }, endpoints(2));
  expect(picks(set, 3)).toEqual([0, 1, 0]);
  expect(errors).toEqual([]);
});

it('does not take one that is out for a candidate', () => {
  const all = endpoints(3);
  const { set, errors } = failing(() => all[0], all);
  expect(set.pick()).toBe(all[0]);
  expect(set.pickAmong(all.slice(1))).toBe(all[1]);
  set.remove(all[0]!);
  expect(picks(set, 2)).toEqual([2, 1]);
  expect(errors).toHaveLength(1);
});
