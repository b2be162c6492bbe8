import { once } from 'node:events';
import type { Socket } from 'node:net';
import { lastValueFrom } from 'rxjs';
import type { Pool } from 'rxpool';

export async function ask(pool: Pool<Socket>, question: string): Promise<string> {
  const answer$ = pool.use(async (socket) => {
    socket.write(`${question}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().trimEnd();
  });
  return lastValueFrom(answer$);
}
