import type { Socket } from 'node:net';
import { retry } from 'rxjs';
import { createPool, exponentialBackoff, type Pool } from 'rxpool';
import { tcp } from 'rxpool/tcp';

const delay = exponentialBackoff({ initial: 20, factor: 2, max: 1_000, jitter: 'none' });

export function openPool(port: number): Pool<Socket, Buffer> {
  return createPool(tcp({ host: '127.0.0.1', port }), {
    max: 5,
    concurrency: Infinity,
    failFast: true,
    retry: { delay }, // when the pool dials again
  });
}

/** Writes, however long the server is away: up to five retries. */
export function send(pool: Pool<Socket, Buffer>, text: string, done: (error?: Error | null) => void): void {
  pool
    .allocate()
    .pipe(retry({ count: 5, delay })) // when this caller asks again
    .subscribe({ next: (socket) => socket.write(text, done), error: done });
}
