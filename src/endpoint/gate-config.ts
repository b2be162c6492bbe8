import type { Clock } from './clock.js';
import type { RetryDelay } from './retry-delay.js';
import type { TokenBucket } from './token-bucket.js';

/** What a {@link ConnectGate} goes by: the endpoint's `retry`, `maxConnecting` and `connectRate`, with nothing left out. */
export interface GateConfig {
  readonly address: string;
  readonly clock: Clock;
  readonly delay: RetryDelay;
  readonly maxConnecting: number;
  /** Each attempt takes a token. */
  readonly bucket: TokenBucket;
  readonly count: number;
  readonly resetAfter: number;
  readonly urgentMax: number;
  /** Does not throw. */
  readonly shouldRetry: (error: unknown) => boolean;
}
