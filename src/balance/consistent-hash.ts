import { checkConfig } from '../endpoint/check-config.js';
import type { Balance } from './balance.js';
import { checkPicker } from './check-balance.js';
import { HashRing } from './hash-ring.js';
import { leastInUse } from './least-in-use.js';
import type { Picker } from './picker.js';

export interface ConsistentHashConfig {
  /**
   * How many times its part of all leases, by weight, an endpoint may have before its keys go on to the next one on the ring. Lower is
   * more even, higher keeps more keys where they belong; `Infinity` keeps all. @default 1.25
   */
  readonly load?: number | undefined;
  /** Points on the ring for each endpoint: more make the parts of the keys more even, and the ring larger. @default 400 */
  readonly points?: number | undefined;
  /** For whoever borrows without a key. @default leastInUse() */
  readonly picker?: Picker | undefined;
}

/**
 * The same endpoint for the same key, for as long as it can serve: for servers that keep something by key. When one of `n` endpoints
 * leaves, its keys move to the others, about one in `n`, and all other keys stay.
 *
 * An endpoint that has too much to do passes keys on, as in Vahab Mirrokni, Mikkel Thorup and Morteza Zadimoghaddam, "Consistent Hashing
 * with Bounded Loads", 2018: none gets more than `load` times its part of all leases, rounded up, unless those with room cannot serve.
 * The ring depends on the addresses alone, so every process with the same list has the same one.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { consistentHash } from 'rxpool/balance';
 * import { dnsEndpoints } from 'rxpool/dns';
 *
 * const endpoints = dnsEndpoints('cache.internal', { port: 11211 });
 * const pool = createPool(endpoints, { balance: consistentHash({ load: 1.5 }) });
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function consistentHash(config: ConsistentHashConfig = {}): Balance {
  checkConfig('consistentHash', config, {
    load: { number: [1, Infinity] },
    points: { integer: [1, 10_000] },
    picker: { anyOf: [{ is: 'function' }, { is: 'object' }] },
  });
  const { load = 1.25, points = 400, picker = leastInUse() } = config;
  return { picker: checkPicker('consistentHash', picker, 'picker'), ring: () => new HashRing(load, points) };
}
