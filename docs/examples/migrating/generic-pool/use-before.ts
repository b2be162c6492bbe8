import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Pool } from 'generic-pool';

export async function ask(pool: Pool<Socket>, question: string): Promise<string> {
  return pool.use(async (socket) => {
    socket.write(`${question}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().trimEnd();
  });
}
