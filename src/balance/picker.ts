import type { Candidate } from './candidate.js';

/**
 * Chooses one of the endpoints that could serve. There is always one at least, in no particular order, and the list must not be changed
 * or kept.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import type { Choose } from 'rxpool/balance';
 * import { tcp } from 'rxpool/tcp';
 *
 * const anyOne: Choose = (candidates, random) => candidates[Math.floor(random() * candidates.length)];
 * const pool = createPool([tcp(5001), tcp(5002)], { balance: anyOne });
 * ```
 */
export type Choose = (candidates: readonly Candidate[], random: () => number) => Candidate | undefined;

/**
 * Keeps the endpoints that could serve in an order, so that picking costs about the same however many they are. Of equals the one that the
 * pool has known for longest goes first.
 *
 * @example
 * ```ts
 * import type { Ranking } from 'rxpool/balance';
 *
 * const latestUsedLast: Ranking = { rank: ({ mark }) => mark, picked: (candidate, turn) => (candidate.mark = turn) };
 * ```
 */
export interface Ranking {
  /** The lowest is next. It may depend on `leases`, `connecting`, `weight`, `warmth` and `mark`, and on nothing else. */
  rank(candidate: Candidate): number;
  /** It has been picked, as the `turn`th of all picks; its rank is asked for afterwards. */
  picked?(candidate: Candidate, turn: number): void;
}

/** How a pool chooses among its endpoints. */
export type Picker = Choose | Ranking;
