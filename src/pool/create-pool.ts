import { checkConfig } from '../endpoint/check-config.js';
import { endpoint, endpointBrand, endpointRules, type Endpoint, type EndpointConfig } from '../endpoint/endpoint.js';
import { retryRules } from '../endpoint/retry-config.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { poolRules, type PoolConfig } from './config.js';
import { ConnectionPool } from './connection-pool.js';
import { checkLogger } from './logger.js';
import type { Pool } from './pool.js';

type Address<S, D> = Transport<S, D> | Endpoint<S, D>;

/**
 * A pool of connections to one or more addresses. Nothing is dialled before somebody borrows, unless `min` says so.
 *
 * @param source a transport, an endpoint, or several of them. A transport becomes an endpoint with the pool's `retry`, `maxConnecting`,
 * `prepare` and `hookTimeout`; an endpoint brings its own, and shares what it knows with every other pool it is in.
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
  source: Address<S, D> | readonly Address<S, D>[],
  config: PoolConfig<NoInfer<S>, NoInfer<D>> = {},
): Pool<S, D> {
  checkConfig('createPool', config, poolRules);
  checkConfig('createPool: retry', config.retry, retryRules);
  checkLogger('createPool', config.logger);
  const addresses: readonly Address<S, D>[] = Array.isArray(source) ? source : [source as Address<S, D>];
  if (addresses.length === 0) throw new TypeError('createPool: the list of endpoints is empty');
  const clock = toClock(config.clock);
  return new ConnectionPool(
    addresses.map((address) => endpointOf(address, { ...config, clock })),
    config,
    clock,
  );
}

function endpointOf<S, D>(address: Address<S, D>, config: PoolConfig<S, D>): Endpoint<S, D> {
  if (typeof address === 'object' && (address as unknown) !== null) {
    if (endpointBrand in address) return address;
    if ('open' in address) return endpoint(address, endpointConfig(config));
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
