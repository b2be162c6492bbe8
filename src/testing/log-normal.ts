import type { Latency } from './latency.js';

/**
 * A latency with a long tail, as real networks have it: half of all below `median` ms, and one in a hundred above `median × e^(2.33 sigma)`.
 *
 * Drawn by the Box–Muller transform.
 *
 * @param sigma the spread of its logarithm. @default 0.5, which puts one in a hundred above 3.2 medians
 */
export function logNormal(median: number, sigma = 0.5): Latency {
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return median * Math.exp(sigma * normal);
  };
}
