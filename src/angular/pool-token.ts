import { InjectionToken } from '@angular/core';
import type { Pool } from '../index.js';

/**
 * A token under which a pool is provided and injected. It carries the types of the pool; each call makes a token of its own.
 *
 * @param name the name of the pool in errors and logs
 *
 * @example
 * ```ts
 * import { poolToken } from 'rxpool/angular';
 *
 * export const FEED = poolToken<WebSocket, string>('feed');
 * ```
 *
 * @throws TypeError for a name that is not a string, or empty.
 */
export function poolToken<S = unknown, D = unknown>(name: string): InjectionToken<Pool<S, D>> {
  if (typeof (name as unknown) !== 'string' || name === '') throw new TypeError('poolToken: a pool needs a name');
  return new InjectionToken<Pool<S, D>>(name);
}
