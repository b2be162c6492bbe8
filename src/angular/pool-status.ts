import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Pool, PoolStatus } from '../index.js';
import type { WatchOptions } from './watch-options.js';

/**
 * The status of a pool as a signal. Reading it dials nothing, and it never throws.
 *
 * Called in an injection context, or given an injector, with which the watching ends. Once the pool has closed, the last value stays.
 *
 * @example
 * ```ts
 * import { computed } from '@angular/core';
 * import { injectPool, poolStatus, poolToken } from 'rxpool/angular';
 *
 * const FEED = poolToken<WebSocket, string>('feed');
 *
 * class Light {
 *   private readonly status = poolStatus(injectPool(FEED));
 *   readonly state = computed(() => this.status().state);
 * }
 * ```
 */
export function poolStatus(pool: Pool, { injector }: WatchOptions = {}): Signal<PoolStatus> {
  return toSignal(pool.status$, { requireSync: true, ...(injector && { injector }) });
}
