import type { Latency } from './latency.js';

/** A latency that is mostly short and now and then several times its mean, in ms: the time between events that come by chance. */
export function exponential(mean: number): Latency {
  return (random) => -mean * Math.log(1 - random());
}
