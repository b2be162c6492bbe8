import type { Socket } from 'node:net';
import { createPool, type Pool } from 'rxpool';
import { tcp } from 'rxpool/tcp';

export function openPool(port: number): Pool<Socket, Buffer> {
  return createPool(tcp({ host: '127.0.0.1', port }), { max: 5, concurrency: Infinity });
}

/** Writes on a socket that others write on too. */
export function send(pool: Pool<Socket, Buffer>, text: string, done: (error?: Error | null) => void): void {
  pool.allocate().subscribe({ next: (socket) => socket.write(text, done), error: done });
}
