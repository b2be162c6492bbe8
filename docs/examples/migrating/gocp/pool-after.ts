import type { Socket } from 'node:net';
import { first, type Observable } from 'rxjs';
import { createPool, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';

/** Only the address is required. */
export function openPool(address: string): Pool<Socket, Buffer> {
  return createPool(tcp(address));
}

/** Borrows a connection, asks, and gives it back. */
export function ask(pool: Pool<Socket, Buffer>, question: string): Observable<string> {
  return pool.use((socket, lease) => {
    socket.write(`${question}\n`);
    return lease.data$.pipe(lines(), first());
  });
}
