import type { Candidate } from './candidate.js';
import type { Picker } from './picker.js';

/** Finds the endpoint of a key. */
export interface KeyRing<T extends Candidate = Candidate> {
  add(candidate: T): void;
  remove(candidate: T): void;
  /** Its leases or weight are not what they were, so that looking for a key need not ask all of them. */
  changed(candidate: T): void;
  /** The first from the key's place on that may serve; `undefined` when none may. */
  locate(key: string, may: (candidate: T) => boolean): T | undefined;
}

/** A picker with more to say than which of those that could serve is next. */
export interface Balance {
  /** Chooses among those in scope, for whoever has no key. */
  readonly picker: Picker;
  /** Which endpoints are to be used at all, asked when the state, weight or priority of one has changed. @default all */
  readonly scope?: ((all: readonly Candidate[]) => readonly Candidate[]) | undefined;
  /** Makes what finds the endpoint of a borrow with a `key`, one for each pool. @default keys have no endpoint */
  readonly ring?: (() => KeyRing) | undefined;
}
