import type { Clock } from './clock.js';
import type { RetryDelay } from './retry-delay.js';

/** What a {@link ConnectGate} goes by: the endpoint's `retry` and `maxConnecting`, with nothing left out. */
export interface GateConfig {
  readonly address: string;
  readonly clock: Clock;
  readonly delay: RetryDelay;
  readonly maxConnecting: number;
  readonly count: number;
  readonly resetAfter: number;
  readonly urgentMax: number;
  /** Does not throw. */
  readonly shouldRetry: (error: unknown) => boolean;
}
