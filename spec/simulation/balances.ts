import {
  consistentHash,
  failover,
  leastInUse,
  peakEwma,
  powerOfTwo,
  roundRobin,
  weighted,
  type Balance,
  type Candidate,
  type Picker,
} from '../../src/balance/index.js';
import type { Random } from '../pool/random.js';

const NONSENSE: readonly unknown[] = [undefined, null, 7, 'a', {}, { place: 0 }, []];

/** Ways to choose among endpoints: the pool's own, a user's, and those that do not do their part. */
export const balances = {
  'round robin': () => roundRobin(),
  weighted: () => weighted(),
  'least in use': () => leastInUse(),
  'power of two': () => powerOfTwo(),
  'peak ewma': () => peakEwma(),
  'a hash': () => consistentHash(),
  'a hash without bounds': () => consistentHash({ load: Infinity, points: 20 }),
  failover: () => failover(),
  'failover of the least in use': () => failover(leastInUse(), { threshold: 0.5 }),
  'failover of a hash': () => failover(consistentHash({ points: 20 })),
  'a choice': (random) => (candidates) => random.pick(candidates),
  'a choice that throws': (random) => (candidates) => {
    if (random.next() < 0.3) throw new Error('the choice has thrown');
    return candidates[0];
  },
  'a choice that talks nonsense': (random) => (candidates) =>
    random.next() < 0.5 ? candidates.at(-1) : (random.pick(NONSENSE) as Candidate),
  'a rank that fails': (random) => ({
    rank: ({ leases }) => (random.next() < 0.1 ? NaN : leases),
    picked: () => {
      if (random.next() < 0.1) throw new Error('the rank has thrown');
    },
  }),
  'a scope that throws': (random) => ({
    picker: roundRobin(),
    scope: (all) => {
      if (random.next() < 0.3) throw new Error('the scope has thrown');
      return all;
    },
  }),
} satisfies Readonly<Record<string, (random: Random) => Picker | Balance>>;

export type BalanceName = keyof typeof balances;

/** Whether a borrow with a key has an endpoint. */
export function hasKeys(name: BalanceName | undefined): boolean {
  return name === 'a hash' || name === 'a hash without bounds' || name === 'failover of a hash';
}

/** Whether some endpoints are not used while others are good. */
export function hasScope(name: BalanceName | undefined): boolean {
  return name?.startsWith('failover') === true || name === 'a scope that throws';
}
