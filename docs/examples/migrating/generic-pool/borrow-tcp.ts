import type { Socket } from 'node:net';
import { first, firstValueFrom } from 'rxjs';
import { createPool, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';

export function openPool(port: number): Pool<Socket, Buffer> {
  return createPool(tcp({ host: '127.0.0.1', port }), { max: 2, acquireTimeout: 5_000 });
}

export async function ask(pool: Pool<Socket, Buffer>, question: string): Promise<string> {
  return firstValueFrom(
    pool.use((socket, lease) => {
      socket.write(`${question}\n`);
      return lease.data$.pipe(lines(), first());
    }),
  );
}

export async function closePool(pool: Pool<Socket, Buffer>): Promise<void> {
  await pool.close({ timeout: Infinity });
}
