import type { Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { createPool, type Budget, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';

/** One address: at most one connection, which counts in the budget. Nothing is dialled yet. */
export function openResource(address: string, sockets: Budget): Pool<Socket, Buffer> {
  return createPool(tcp(address), { max: 1, idleTimeout: Infinity, maxLifetime: Infinity, budget: sockets });
}

/** Gets the connection, asks, and puts it back; whatever goes wrong closes it. */
export async function ask(resource: Pool<Socket, Buffer>, question: string, cancel?: AbortSignal): Promise<string> {
  using lease = await resource.acquire({ timeout: Infinity, ...(cancel && { signal: cancel }) });
  lease.socket.write(`${question}\n`);
  const answer = await firstValueFrom(lease.data$.pipe(lines()));
  lease.release();
  return answer;
}
