import { checkConfig } from '../endpoint/check-config.js';
import type { Balance } from './balance.js';
import type { Candidate } from './candidate.js';
import { checkBalance } from './check-balance.js';
import { isGood } from './is-good.js';
import type { Picker } from './picker.js';

export interface FailoverConfig {
  /** The part of a group, from 0 to 1, that must be good for it to do without the next one. @default 0.7 */
  readonly threshold?: number | undefined;
}

/**
 * Uses the endpoints with the lowest `priority` alone, for as long as at least `threshold` of them is good: neither `down`, `failed` nor
 * `ejected`. Otherwise the group with the next priority joins, and so on until a group is good enough. Of the groups that have joined
 * only good endpoints are used. Where none is good in any group, all are: a wrong judgement must not stop everything.
 *
 * The threshold is what Envoy's overprovisioning factor of 1.4 comes to, 1 / 1.4.
 *
 * @param picker How to choose among those in use: a picker, or what {@link consistentHash} returns. By default `roundRobin()`.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { failover, leastInUse } from 'rxpool/balance';
 * import { srvEndpoints } from 'rxpool/dns';
 *
 * // The priorities are those of the SRV records.
 * const pool = createPool(srvEndpoints('_cache._tcp.example.test'), { balance: failover(leastInUse()) });
 * ```
 *
 * @throws TypeError or RangeError for a wrong picker or option, naming it.
 */
export function failover(picker?: Picker | Balance, config: FailoverConfig = {}): Balance {
  const inner = checkBalance('failover', picker, 'picker');
  checkConfig('failover', config, { threshold: { number: [0, 1] } });
  const { threshold = 0.7 } = config;

  function scope(all: readonly Candidate[]): readonly Candidate[] {
    const last = lastPriority(all, threshold);
    const used = last === undefined ? all : all.filter((one) => one.priority <= last && isGood(one));
    return inner.scope === undefined ? used : inner.scope(used);
  }

  return { ...inner, scope };
}

/** Of the last group that has to join; `undefined` where none is good. */
function lastPriority(all: readonly Candidate[], threshold: number): number | undefined {
  const groups = new Map<number, { size: number; good: number }>();
  for (const one of all) {
    let group = groups.get(one.priority);
    if (group === undefined) groups.set(one.priority, (group = { size: 0, good: 0 }));
    group.size++;
    if (isGood(one)) group.good++;
  }
  let last: number | undefined;
  for (const [priority, { size, good }] of [...groups].sort(([a], [b]) => a - b)) {
    if (good > 0) last = priority;
    if (last !== undefined && good / size >= threshold) break;
  }
  return last;
}
