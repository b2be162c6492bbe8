import type { Candidate } from '../../src/balance/candidate.js';
import { pickSet, type PickSet } from '../../src/balance/pick-set.js';
import type { Picker } from '../../src/balance/picker.js';
import type { Placed } from '../../src/balance/placed.js';
import { seededRandom } from '../../src/testing/seeded-random.js';

/** An endpoint as a pool has it, and all of it open to a spec. */
export type Endpoint = { -readonly [Key in keyof Candidate]: Candidate[Key] } & Placed;

/** Endpoints with all defaults except for what is given, by their `order`. */
export function endpoints(count: number, given: (index: number) => Partial<Endpoint> = () => ({})): Endpoint[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `10.0.${String(index >> 8)}.${String(index & 255)}:11211`,
    state: 'up' as const,
    leases: 0,
    connecting: 0,
    latency: 0,
    weight: 1,
    warmth: 1,
    priority: 0,
    mark: 0,
    place: -1,
    order: index,
    ...given(index),
  }));
}

/** A set with all of them in, whose picker has to work. */
export function filled(picker: Picker, all: readonly Endpoint[]): PickSet<Endpoint> {
  const set = pickSet<Endpoint>(picker, {
    random: seededRandom(1),
    failed: (error) => {
      throw error;
    },
  });
  for (const one of all) set.add(one);
  return set;
}

/** The `order` of as many picks. */
export function picks(set: PickSet<Endpoint>, count: number): number[] {
  return Array.from({ length: count }, () => set.pick()?.order ?? -1);
}

/** How often each index is among them. */
export function counted(indices: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => indices.filter((one) => one === index).length);
}
