import { FairQueue } from './fair-queue.js';
import type { Ranking } from './picker.js';

/**
 * In turn, each as often as its weight says, and never many times in a row where that can be avoided: weights of 5, 1 and 1 give
 * `a a b a a c a`, or as smooth an order.
 *
 * It is the earliest virtual deadline first, as in Envoy's EDF scheduler, at a cost that grows with the logarithm of how many there are.
 * nginx's smooth weighted round robin gives about the same order by a look at all of them.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { weighted } from 'rxpool/balance';
 * import { srvEndpoints } from 'rxpool/dns';
 *
 * // The weights are those of the SRV records.
 * const pool = createPool(srvEndpoints('_cache._tcp.example.test'), { balance: weighted() });
 * ```
 */
export function weighted(): Ranking {
  return new FairQueue(({ weight }) => weight, true);
}
