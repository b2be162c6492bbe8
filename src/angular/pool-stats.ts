import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Pool, PoolStats } from '../index.js';
import type { WatchOptions } from './watch-options.js';

/**
 * The statistics of a pool as a signal, which changes once a second. Reading it dials nothing, and it never throws.
 *
 * Called in an injection context, or given an injector, with which the watching ends. Once the pool has closed, the last value stays.
 *
 * @example
 * ```ts
 * import { computed } from '@angular/core';
 * import { injectPool, poolStats, poolToken } from 'rxpool/angular';
 *
 * const FEED = poolToken<WebSocket, string>('feed');
 *
 * class Light {
 *   private readonly stats = poolStats(injectPool(FEED));
 *   readonly waiting = computed(() => this.stats().waiting);
 * }
 * ```
 */
export function poolStats(pool: Pool, { injector }: WatchOptions = {}): Signal<PoolStats> {
  return toSignal(pool.stats$, { requireSync: true, ...(injector && { injector }) });
}
