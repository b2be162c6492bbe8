import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { AsyncPoolDefinition } from './async-pool-definition.js';
import { getPoolToken } from './get-pool-token.js';
import type { ManagedPool } from './managed-pool.js';
import type { PoolDefinition } from './pool-definition.js';
import { MANAGED_POOLS, poolProviders } from './pool-providers.js';

/**
 * Pools that live as long as a Nest application.
 *
 * They are made with it, waited for before it listens where `ready` says so, and closed in `onApplicationShutdown`: Nest
 * calls that when its HTTP server has answered what it had been asked, so that those requests still get connections.
 * Nest calls it on signals only after `app.enableShutdownHooks()`.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { definePool, RxpoolModule } from 'rxpool/nest';
 * import { tcp } from 'rxpool/tcp';
 *
 * @Module({
 *   imports: [RxpoolModule.forRoot([definePool(tcp('cache.internal:11211'), { name: 'cache', ready: true })])],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class RxpoolModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Optional() @Inject(MANAGED_POOLS) private readonly pools: readonly ManagedPool[] = []) {}

  /**
   * Pools for every module of the application.
   *
   * @throws TypeError for two pools of the same name.
   */
  static forRoot(pools: readonly PoolDefinition[]): DynamicModule {
    return { ...moduleOf(pools), global: true };
  }

  /** As {@link forRoot}, for definitions that need what other modules provide. */
  static forRootAsync(pools: readonly AsyncPoolDefinition[]): DynamicModule {
    return { ...moduleOf(pools), global: true };
  }

  /**
   * Pools for the module that imports this, and for no other.
   *
   * @throws TypeError for two pools of the same name.
   */
  static forFeature(pools: readonly (PoolDefinition | AsyncPoolDefinition)[]): DynamicModule {
    return moduleOf(pools);
  }

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.start()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.stop()));
  }
}

function moduleOf(pools: readonly (PoolDefinition | AsyncPoolDefinition)[]): DynamicModule {
  return {
    module: RxpoolModule,
    imports: pools.flatMap((pool) => ('imports' in pool ? (pool.imports ?? []) : [])),
    providers: poolProviders(pools),
    exports: pools.map(({ name }) => getPoolToken(name)),
  };
}
