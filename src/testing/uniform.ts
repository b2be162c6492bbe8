import type { Latency } from './latency.js';

/**
 * A latency anywhere between two bounds, in ms.
 *
 * @example
 * ```ts
 * import { createNetwork, uniform } from 'rxpool/testing';
 *
 * const network = createNetwork({ latency: uniform(1, 5) });
 * ```
 */
export function uniform(min: number, max: number): Latency {
  return (random) => min + random() * (max - min);
}
