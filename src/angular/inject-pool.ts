import { inject, type InjectionToken } from '@angular/core';
import type { Pool } from '../index.js';
import { nameOf } from './name-of.js';

/**
 * The pool that is provided under a token. As `inject`, it is called in an injection context: a field initializer, a constructor, a factory.
 *
 * @example
 * ```ts
 * import { injectPool, poolToken } from 'rxpool/angular';
 *
 * const FEED = poolToken<WebSocket, string>('feed');
 *
 * class Prices {
 *   private readonly feed = injectPool(FEED);
 *   readonly latest$ = this.feed.use((_socket, lease) => lease.data$);
 * }
 * ```
 *
 * @throws TypeError where no pool is provided under the token.
 */
export function injectPool<S, D>(token: InjectionToken<Pool<S, D>>): Pool<S, D> {
  const name = nameOf('injectPool', token);
  const pool = inject(token, { optional: true });
  if (pool !== null) return pool;
  throw new TypeError(
    `injectPool: no pool ${name} is provided here; add provideRxpool(token, factory) to the providers, with the same token, since each poolToken() makes another`,
  );
}
