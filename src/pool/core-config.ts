import type { Clock } from '../endpoint/clock.js';
import type { EventQueue } from './event-queue.js';
import type { SizingConfig } from './sizing.js';

/** What a {@link PoolCore} goes by, with nothing left out. */
export interface CoreConfig extends SizingConfig {
  readonly addresses: readonly string[];
  readonly maxWaiting: number;
  readonly idleTimeout: number;
  readonly hookTimeout: number;
  readonly validateAfter: number;
  readonly order: 'lifo' | 'fifo';
  readonly clock: Clock;
  readonly events: EventQueue;
}
