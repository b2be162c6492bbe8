import {
  DestroyRef,
  inject,
  makeEnvironmentProviders,
  NgZone,
  PLATFORM_ID,
  type EnvironmentProviders,
  type InjectionToken,
} from '@angular/core';
import { createPool, type Pool } from '../index.js';
import { nameOf } from './name-of.js';
import { recipeOutside } from './recipe-outside.js';
import type { PoolRecipe } from './pool-recipe.js';
import { serverPool } from './server-pool.js';

/**
 * Provides a pool to an application, or to the routes that it is given to. Call it once for each pool.
 *
 * The pool is made when somebody first injects it, once for each injector, and closed with that injector. What it dials and the timers it
 * sets stay outside of Angular's zone, where there is one. During server rendering `factory` is not called: the pool is there, but
 * closed, so that it dials nothing and whoever borrows fails at once with `PoolClosedError`.
 *
 * @param token made by `poolToken`
 * @param factory runs in an injection context, so that it may call `inject`
 *
 * @example
 * ```ts
 * import type { ApplicationConfig } from '@angular/core';
 * import { poolToken, provideRxpool } from 'rxpool/angular';
 * import { webSocket } from 'rxpool/websocket';
 *
 * export const FEED = poolToken<WebSocket, string | Uint8Array>('feed');
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [provideRxpool(FEED, () => ({ source: webSocket('wss://prices.example/feed'), config: { max: 1 } }))],
 * };
 * ```
 *
 * @throws TypeError for a wrong token or factory. The errors of `createPool` come when the pool is first injected.
 */
export function provideRxpool<S, D>(
  token: InjectionToken<Pool<S, D>>,
  factory: () => PoolRecipe<S, D>,
): EnvironmentProviders {
  const name = nameOf('provideRxpool', token);
  if (typeof (factory as unknown) !== 'function') {
    throw new TypeError(`provideRxpool: the factory of pool ${name} must be a function, got ${typeof factory}`);
  }
  return makeEnvironmentProviders([{ provide: token, useFactory: () => makePool(name, factory) }]);
}

function makePool<S, D>(name: string, factory: () => PoolRecipe<S, D>): Pool<S, D> {
  // What `isPlatformServer` does, without a dependency on @angular/common.
  if (inject(PLATFORM_ID, { optional: true }) === 'server') return serverPool(name);
  const zone = inject(NgZone, { optional: true });
  const make = (): Pool<S, D> => {
    const recipe = factory();
    if (typeof (recipe as unknown) !== 'object' || (recipe as unknown) === null) {
      throw new TypeError(`provideRxpool: the factory of pool ${name} must return an object with a source`);
    }
    const { source, config } = zone === null ? recipe : recipeOutside(zone, recipe);
    return createPool(source, { ...config, name: config?.name ?? name });
  };
  const pool = zone === null ? make() : zone.runOutsideAngular(make);
  inject(DestroyRef).onDestroy(() => void pool.close());
  return pool;
}
