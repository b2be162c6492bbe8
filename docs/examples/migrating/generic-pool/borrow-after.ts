import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createPool, fromFactory, type Pool } from 'rxpool';

export function openPool(port: number): Pool<Socket> {
  return createPool(
    fromFactory({
      async create() {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.on('error', () => undefined);
        return socket;
      },
      validate: (socket) => socket.readyState === 'open',
      async destroy(socket) {
        if (!socket.destroyed) await once(socket.destroy(), 'close');
      },
    }),
    { max: 2, validateAfter: 0, acquireTimeout: 5_000 },
  );
}

export async function ask(pool: Pool<Socket>, question: string): Promise<string> {
  using lease = await pool.acquire();
  lease.socket.write(`${question}\n`);
  const [answer] = (await once(lease.socket, 'data')) as [Buffer];
  lease.release(); // left by an exception before this, the block has the socket destroyed
  return answer.toString().trimEnd();
}

export async function closePool(pool: Pool<Socket>): Promise<void> {
  await pool.close({ timeout: Infinity });
}
