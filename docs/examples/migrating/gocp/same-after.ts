import type { Socket } from 'node:net';
import { createPool, exponentialBackoff, type Logger, type Pool } from 'rxpool';
import { tcp } from 'rxpool/tcp';

/** Five connections from the start, kept for good, lent in turn, and waited for however long it takes: as gocp has them. */
export function openPool(address: string, logger: Logger): Pool<Socket, Buffer> {
  return createPool(tcp(address), {
    min: 5,
    max: 5,
    order: 'fifo',
    maxLifetime: Infinity,
    acquireTimeout: Infinity,
    maxWaiting: Infinity,
    retry: { delay: exponentialBackoff({ initial: 1_000, max: 60_000, jitter: 'none' }) },
    logger,
  });
}
