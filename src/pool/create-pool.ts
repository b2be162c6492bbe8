import type { Observable } from 'rxjs';
import { ejectionRules } from '../balance/ejection-config.js';
import { checkConfig } from '../endpoint/check-config.js';
import { endpoint, endpointBrand, endpointRules, type Endpoint, type EndpointConfig } from '../endpoint/endpoint.js';
import { retryRules } from '../endpoint/retry-config.js';
import { toClock } from '../endpoint/to-clock.js';
import { checkRate } from '../endpoint/token-bucket.js';
import type { Transport } from '../endpoint/transport.js';
import { checkLimits } from '../limit/check-limits.js';
import { poolRules, type PoolConfig } from './config.js';
import { ConnectionPool } from './connection-pool.js';
import { checkLogger } from './logger.js';
import type { Pool } from './pool.js';
import type { PoolSource } from './pool-source.js';

/**
 * A pool of connections to one or more addresses. Nothing is dialled before somebody borrows, unless `min` says so.
 *
 * @param source a transport, an endpoint, several of them, or an Observable of lists of them. What a list names for the first time is added,
 * what it names no longer is removed: what is idle there is closed, what is lent when it comes back. What has the same address stays. A source
 * that fails is asked again, with backoff, and what is known stays meanwhile, as it does when the source completes. A transport becomes an endpoint with the pool's `retry`, `maxConnecting`,
 * `connectRate`, `prepare` and `hookTimeout`; an endpoint brings its own, and shares what it knows with every other pool it is in.
 *
 * @example
 * ```ts
 * import { take } from 'rxjs';
 * import { createPool } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool(tcp('cache.internal:11211'), { max: 20 });
 *
 * pool.available$.pipe(take(1)).subscribe({
 *   next: (lease) => {
 *     lease.socket.write('quit\r\n');
 *     lease.release();
 *   },
 *   error: report,
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong source or option, naming it.
 */
export function createPool<S, D>(
  source: PoolSource<S, D> | readonly PoolSource<S, D>[] | Observable<readonly PoolSource<S, D>[]>,
  config: PoolConfig<NoInfer<S>, NoInfer<D>> = {},
): Pool<S, D> {
  checkConfig('createPool', config, poolRules);
  checkConfig('createPool: retry', config.retry, retryRules);
  checkConfig('createPool: ejection', config.ejection, ejectionRules);
  if (config.connectRate !== undefined) checkRate('createPool: connectRate', config.connectRate);
  checkLimits('createPool', config.limits);
  checkLogger('createPool', config.logger);
  const clock = toClock(config.clock);
  const toEndpoint = (one: unknown): Endpoint<S, D> => endpointOf<S, D>(one, { ...config, clock });
  if (isSource(source)) return new ConnectionPool<S, D>({ lists: source, toEndpoint }, config, clock);
  const addresses: readonly unknown[] = Array.isArray(source) ? source : [source];
  if (addresses.length === 0) throw new TypeError('createPool: the list of endpoints is empty');
  return new ConnectionPool(addresses.map(toEndpoint), config, clock);
}

/** An Observable of lists, not an endpoint, which is one of events. */
function isSource(source: unknown): source is Observable<readonly unknown[]> {
  return typeof source === 'object' && source !== null && 'subscribe' in source && !(endpointBrand in source);
}

function endpointOf<S, D>(address: unknown, config: PoolConfig<S, D>): Endpoint<S, D> {
  if (typeof address === 'object' && address !== null) {
    if (endpointBrand in address) return address as Endpoint<S, D>;
    if ('open' in address) return endpoint(address as Transport<S, D>, endpointConfig(config));
    if ('subscribe' in address) {
      throw new TypeError('createPool: an Observable is no endpoint; pass the endpoint itself, without pipe');
    }
  }
  throw new TypeError('createPool: pass a transport such as tcp("localhost:5000"), an endpoint, or an array of them');
}

/** The part of a pool's options that its endpoints go by. */
function endpointConfig<S, D>(config: PoolConfig<S, D>): EndpointConfig<S, D> {
  const own = Object.entries(config).filter(([option]) => option in endpointRules);
  return Object.fromEntries(own);
}
