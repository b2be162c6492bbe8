import type { Clock } from '../endpoint/clock.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { systemRandom } from '../endpoint/system-random.js';
import type { PoolConfig } from './config.js';
import { EventQueue } from './event-queue.js';
import type { PickerConfig } from './idle-picker.js';
import type { LifetimesConfig } from './lifetimes.js';
import type { SizingConfig } from './sizing.js';
import type { SweeperConfig } from './sweeper.js';

/** What a {@link PoolCore} goes by, with nothing left out. */
export interface CoreConfig extends SizingConfig, LifetimesConfig, SweeperConfig, PickerConfig {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly maxWaiting: number;
  readonly hookTimeout: number;
  /** Whether waiters fail as soon as nobody could serve them. */
  readonly failFast: boolean;
  /** Loans that a connection may have at the same time. */
  readonly concurrency: number;
  readonly leakAfter: number;
  readonly order: 'lifo' | 'fifo';
  readonly clock: Clock;
  readonly events: EventQueue;
}

/** The options of a pool with every default filled in. */
export function coreConfig<S, D>(
  endpoints: readonly Endpoint<S, D>[],
  config: PoolConfig<S, D>,
  clock: Clock,
): CoreConfig {
  const addresses = endpoints.map(({ address }) => address);
  const { max = 10 } = config;
  return {
    ...{ addresses, clock, max, name: config.name ?? addresses.join(',') },
    events: new EventQueue(clock),
    random: config.random ?? systemRandom,
    min: config.min ?? 0,
    minPerEndpoint: config.minPerEndpoint ?? 0,
    // Without it `max` is the limit, whatever that becomes.
    maxPerEndpoint: config.maxPerEndpoint ?? Infinity,
    maxWaiting: config.maxWaiting ?? 10_000,
    failFast: config.failFast ?? false,
    idleTimeout: config.idleTimeout ?? 30_000,
    maxLifetime: config.maxLifetime ?? 1_800_000,
    lifetimeJitter: config.lifetimeJitter ?? 0.1,
    maxUses: config.maxUses ?? Infinity,
    order: config.order ?? 'lifo',
    concurrency: config.concurrency ?? 1,
    validateAfter: config.validateAfter ?? 500,
    validateEvery: config.validateEvery ?? Infinity,
    hookTimeout: config.hookTimeout ?? 5_000,
    leakAfter: config.leakAfter ?? Infinity,
  };
}
