import type { Clock } from '../endpoint/clock.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { systemRandom } from '../endpoint/system-random.js';
import { checkBalance } from '../balance/check-balance.js';
import type { BalancerConfig } from './balancer.js';
import type { PoolConfig } from './config.js';
import { EventQueue } from './event-queue.js';
import type { JudgeConfig } from './judge.js';
import type { LenderConfig } from './lender.js';
import type { LifetimesConfig } from './lifetimes.js';
import type { SizingConfig } from './sizing.js';
import type { SweeperConfig } from './sweeper.js';

/** What a {@link PoolCore} goes by, with nothing left out. */
export interface CoreConfig
  extends SizingConfig, LifetimesConfig, SweeperConfig, LenderConfig, BalancerConfig, JudgeConfig {
  readonly name: string;
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

/**
 * The options of a pool with every default filled in.
 *
 * @param endpoints those that it starts with, where they are known
 */
export function coreConfig<S, D>(
  endpoints: readonly Endpoint<S, D>[] | undefined,
  config: PoolConfig<S, D>,
  clock: Clock,
): CoreConfig {
  const { max = 10 } = config;
  return {
    ...{ clock, max, name: config.name ?? (endpoints?.map(({ address }) => address).join(',') || 'discovered') },
    events: new EventQueue(clock),
    ejection: config.ejection,
    picksShared: config.balance !== undefined,
    balance: checkBalance('createPool', config.balance),
    random: config.random ?? systemRandom,
    min: config.min ?? 0,
    minPerEndpoint: config.minPerEndpoint ?? 0,
    isDiscovered: endpoints === undefined,
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
