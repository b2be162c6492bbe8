import type { Candidate } from './candidate.js';
import type { Ranking } from './picker.js';

/**
 * The one with the fewest leases and attempts to connect under way, each divided by its weight. Slow servers get less to do by
 * themselves, because what they are asked takes longer.
 *
 * It is exact, at a cost that grows with the logarithm of how many there are. Where many pools share the same servers, each with little
 * to do, {@link powerOfTwo} keeps them from choosing the same one.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { leastInUse } from 'rxpool/balance';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool([tcp('a.internal:5432'), tcp('b.internal:5432')], { balance: leastInUse() });
 * ```
 */
export function leastInUse(): Ranking {
  return { rank };
}

function rank({ leases, connecting, weight }: Candidate): number {
  return (leases + connecting) / weight;
}
