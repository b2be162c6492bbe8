import { Logger } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { createPool, type Endpoint, type PoolConfig, type Transport } from '../index.js';
import { checkConfig } from '../endpoint/check-config.js';
import { quiet } from './quiet.js';
import type { PoolDefinition } from './pool-definition.js';

type Address<S, D> = Transport<S, D> | Endpoint<S, D>;

/** Options of a pool, and what the application does with it at its start and end. */
export interface DefinePoolConfig<S = unknown, D = unknown>
  extends PoolConfig<S, D>, Pick<PoolDefinition, 'ready' | 'close'> {}

/**
 * As `createPool`, for {@link RxpoolModule}: the pool is made when the application is.
 *
 * Its `logger` is Nest's, without the lines of level `debug`, of which there are several for each borrow; pass
 * `new Logger('cache')` to have those, too.
 *
 * @example
 * ```ts
 * import { definePool } from 'rxpool/nest';
 * import { tcp } from 'rxpool/tcp';
 *
 * definePool(tcp('cache.internal:11211'), { name: 'cache', max: 20, ready: { timeout: 5_000 } });
 * ```
 *
 * @param source as `createPool` takes it
 * @param config as `createPool` takes it, with `ready` and `close`; `name` is `'default'` without one
 * @throws TypeError or RangeError for a wrong `name`, `ready` or `close`, naming it. Other options are checked when the
 * pool is made.
 */
export function definePool<S, D>(
  source: Address<S, D> | readonly Address<S, D>[] | Observable<readonly Address<S, D>[]>,
  config: DefinePoolConfig<NoInfer<S>, NoInfer<D>> = {},
): PoolDefinition {
  const { ready, close, name = 'default', ...rest } = config;
  checkConfig(
    'definePool',
    { name, ready, close },
    { name: { is: 'string' }, ready: { anyOf: [{ is: 'boolean' }, { is: 'object' }] }, close: { is: 'object' } },
  );
  if (typeof ready === 'object') {
    checkConfig('definePool: ready', ready, {
      connections: { integer: [1, Number.MAX_SAFE_INTEGER] },
      timeout: { number: [0, Infinity] },
    });
  }
  return {
    name,
    ready,
    close,
    create: () => createPool<S, D>(source, { ...rest, name, logger: rest.logger ?? quiet(new Logger('rxpool')) }),
  };
}
