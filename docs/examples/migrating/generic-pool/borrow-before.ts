import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createPool, type Pool } from 'generic-pool';

export function openPool(port: number): Pool<Socket> {
  return createPool(
    {
      async create() {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.on('error', () => undefined); // one that fails while idle would end the process
        return socket;
      },
      validate: async (socket) => socket.readyState === 'open',
      async destroy(socket) {
        if (!socket.destroyed) await once(socket.destroy(), 'close');
      },
    },
    { max: 2, testOnBorrow: true, acquireTimeoutMillis: 5_000 },
  );
}

export async function ask(pool: Pool<Socket>, question: string): Promise<string> {
  const socket = await pool.acquire();
  try {
    socket.write(`${question}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    await pool.release(socket);
    return answer.toString().trimEnd();
  } catch (error) {
    await pool.destroy(socket);
    throw error;
  }
}

export async function closePool(pool: Pool<Socket>): Promise<void> {
  await pool.drain();
  await pool.clear();
}
