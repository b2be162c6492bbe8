import type { SchedulerLike } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import type { Latency } from './latency.js';
import { latencyRule } from './server-config.js';

/** Options of a simulated network. */
export interface NetworkConfig {
  /** Where time comes from: a `VirtualClock`, or an RxJS scheduler such as a `TestScheduler`. @default the system's clock, in real time */
  readonly clock?: Clock | SchedulerLike | undefined;
  /** The same seed gives the same latencies, and the same `random`. @default 1 */
  readonly seed?: number | undefined;
  /** How long a message takes, one way, in ms; a server may have its own. @default 1 */
  readonly latency?: Latency | undefined;
}

export const networkRules: Readonly<Record<keyof NetworkConfig, Rule>> = {
  clock: { is: 'object' },
  seed: { integer: [0, Number.MAX_SAFE_INTEGER] },
  latency: latencyRule,
};
