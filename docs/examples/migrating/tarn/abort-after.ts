import type { Socket } from 'node:net';
import type { Lease, Pool } from 'rxpool';

/** Waits for a socket until the caller no longer wants one. */
export async function acquire(pool: Pool<Socket>, left: AbortSignal): Promise<Lease<Socket>> {
  return pool.acquire({ signal: left });
}
