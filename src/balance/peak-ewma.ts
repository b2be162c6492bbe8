import type { Candidate } from './candidate.js';
import { cheaperOfTwo } from './cheaper-of-two.js';
import type { Choose } from './picker.js';

/** More than any latency in ms times any number of leases. */
const PENALTY = 1e15;

/**
 * Of two that chance has chosen, the one that is likely to be done first: `latency * (leases + connecting + 1) / weight`. A server that
 * becomes slow gets less to do after its first slow answer, before its leases pile up.
 *
 * One whose latency is not known costs nothing while it has nothing to do, and more than all others once it has: it is tried once, and
 * again when that has ended. This is the rule of Finagle's `PeakEwma`, which this picker is modelled on; the moving average, at once at a peak
 * and slow to forget it, is kept by the pool.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { peakEwma } from 'rxpool/balance';
 * import { dnsEndpoints } from 'rxpool/dns';
 *
 * const pool = createPool(dnsEndpoints('search.internal', { port: 9300 }), { balance: peakEwma() });
 * ```
 */
export function peakEwma(): Choose {
  return cheaperOfTwo(cost);
}

function cost({ latency, leases, connecting, weight }: Candidate): number {
  const underWay = leases + connecting;
  if (latency === 0 && underWay > 0) return PENALTY + underWay;
  return (latency * (underWay + 1)) / weight;
}
