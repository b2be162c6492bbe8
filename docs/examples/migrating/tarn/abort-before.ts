import type { Socket } from 'node:net';
import type { Pool } from 'tarn';

/** Waits for a socket until the caller no longer wants one. */
export async function acquire(pool: Pool<Socket>, left: AbortSignal): Promise<Socket> {
  const waiting = pool.acquire();
  left.addEventListener('abort', () => waiting.abort(), { once: true });
  return waiting.promise;
}
