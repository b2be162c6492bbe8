import type { Candidate } from './candidate.js';
import { cheaperOfTwo } from './cheaper-of-two.js';
import type { Choose } from './picker.js';

/**
 * Of two that chance has chosen, the one with less under way for its weight: `(leases + connecting + 1) / weight`. It costs the same
 * however many there are, and many pools that know nothing of each other do not all choose the same one.
 *
 * That two choices are so much better than one is shown by Michael Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing",
 * IEEE Transactions on Parallel and Distributed Systems, 2001. Finagle's P2C and Envoy's least request are of this kind.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { powerOfTwo } from 'rxpool/balance';
 * import { dnsEndpoints } from 'rxpool/dns';
 *
 * const pool = createPool(dnsEndpoints('cache.internal', { port: 11211 }), { balance: powerOfTwo() });
 * ```
 */
export function powerOfTwo(): Choose {
  return cheaperOfTwo(cost);
}

function cost({ leases, connecting, weight }: Candidate): number {
  return (leases + connecting + 1) / weight;
}
