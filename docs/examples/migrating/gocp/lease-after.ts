import type { Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import type { Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';

/** The same with a lease in hand. */
export async function ask(pool: Pool<Socket, Buffer>, question: string): Promise<string> {
  using lease = await pool.acquire();
  lease.socket.write(`${question}\n`);
  const answer = await firstValueFrom(lease.data$.pipe(lines()));
  lease.release();
  return answer;
}
