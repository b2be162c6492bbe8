import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Pool } from '../../index.js';

/** What it looks at. */
type Watched = Pick<Pool, 'status' | 'endpoints' | 'stats'>;

/** Of Terminus 12; in 11 there is no such status. */
type Degradable<Key extends string> = Partial<
  Record<'degraded', (data: Record<string, unknown>) => HealthIndicatorResult<Key>>
>;

/**
 * Says how a pool is, for `HealthCheckService`: from what the pool knows, at no cost to the servers.
 *
 * `up` while nothing is known against its servers. `degraded` while some of them are down and others are not; with
 * Terminus 11, which has no such status, that is `up`, and `state` says it. `down` when none can be reached, the pool
 * has given up, or it is closed.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
 * import type { Pool } from 'rxpool';
 * import { InjectPool } from 'rxpool/nest';
 * import { RxpoolHealthIndicator } from 'rxpool/nest/terminus';
 *
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly pools: RxpoolHealthIndicator,
 *     @InjectPool('cache') private readonly cache: Pool,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check(): Promise<HealthCheckResult> {
 *     return this.health.check([() => this.pools.check('cache', this.cache)]);
 *   }
 * }
 * ```
 *
 * It is a provider, for a module that imports `TerminusModule`.
 */
@Injectable()
export class RxpoolHealthIndicator {
  constructor(@Inject(HealthIndicatorService) private readonly health: HealthIndicatorService) {}

  /**
   * How a pool is now.
   *
   * @param key under which it stands in the result
   * @param pool or what has its `status`, `endpoints` and `stats`
   */
  check<const Key extends string>(key: Key, pool: Watched): HealthIndicatorResult<Key> {
    const { state, error } = pool.status;
    const { idle, lent, waiting } = pool.stats;
    const data = {
      state,
      endpoints: Object.fromEntries(pool.endpoints.map(({ address, status }) => [address, status.state])),
      connections: { idle, lent },
      waiting,
      ...(error instanceof Error && { error: error.message }),
    };
    const session = this.health.check(key);
    if (state === 'down' || state === 'failed' || state === 'closed') return session.down(data);
    const degradable = session as Degradable<Key>;
    return state === 'degraded' && degradable.degraded !== undefined ? degradable.degraded(data) : session.up(data);
  }
}
