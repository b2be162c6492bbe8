import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Pool } from 'tarn';

export function openPool(port: number): Pool<Socket> {
  return new Pool<Socket>({
    async create() {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined); // one that fails while idle would end the process
      return socket;
    },
    validate: (socket) => socket.readyState === 'open',
    async destroy(socket) {
      if (!socket.destroyed) await once(socket.destroy(), 'close');
    },
    min: 0,
    max: 2,
    acquireTimeoutMillis: 5_000,
  });
}

export async function ask(pool: Pool<Socket>, question: string): Promise<string> {
  const socket = await pool.acquire().promise;
  try {
    socket.write(`${question}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().trimEnd();
  } catch (error) {
    socket.destroy(); // `validate` will refuse it
    throw error;
  } finally {
    pool.release(socket);
  }
}

export async function closePool(pool: Pool<Socket>): Promise<void> {
  await pool.destroy();
}
