import type { Candidate } from './candidate.js';
import { ChosenSet } from './chosen-set.js';
import { FairQueue } from './fair-queue.js';
import type { Picker } from './picker.js';
import { Picks, type PickConfig } from './picks.js';
import type { Placed } from './placed.js';
import { RankedSet } from './ranked-set.js';

/** Those of a pool's endpoints that could serve now, for the picker to choose from. Nothing here throws, whatever the picker does. */
export interface PickSet<T extends Candidate & Placed> {
  readonly size: number;
  /** Whether who is next depends on what each has to do. */
  readonly isByLoad: boolean;
  /** Nothing happens where it is in already. */
  add(one: T): void;
  /** Nothing happens where it is not in. */
  remove(one: T): void;
  /** Its leases, attempts to connect, weight or warmth are not what they were. Nothing happens where it is not in. */
  changed(one: T): void;
  /** The next one, which stays in; `undefined` where there is none. */
  pick(): T | undefined;
  /** The next one of others than those in the set, by a look at all of them. */
  pickAmong(list: readonly T[]): T | undefined;
}

/** Makes what a picker chooses from: a heap where it ranks, a list where it chooses itself. */
export function pickSet<T extends Candidate & Placed>(picker: Picker, config: PickConfig): PickSet<T> {
  const picks = new Picks<T>(config);
  if (typeof picker === 'function') return new ChosenSet(picker, picks);
  return new RankedSet(picker instanceof FairQueue ? picker.anew() : picker, picks);
}
