import { filter, map, type Observable } from 'rxjs';
import type { Pool } from '../../index.js';

/** As that of Nest's TCP client, over all servers. */
export type PooledTcpStatus = 'connected' | 'disconnected';

/**
 * Whether any server of a pool is connected to; nothing while nobody has tried.
 *
 * @internal
 */
export function statusOf(pool: Pick<Pool, 'status$' | 'endpoints'>): Observable<PooledTcpStatus> {
  return pool.status$.pipe(
    filter(({ state }) => state !== 'idle' && state !== 'connecting'),
    map(({ state }) => {
      const isConnected =
        state === 'up' || (state === 'degraded' && pool.endpoints.some(({ status }) => status.state === 'up'));
      return isConnected ? 'connected' : 'disconnected';
    }),
  );
}
