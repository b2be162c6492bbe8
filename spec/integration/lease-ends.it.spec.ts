import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Subscription } from 'rxjs';
import { expect, it } from 'vitest';
import { LeaseEndedError, type Pool } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { recordEvents, testPool, until } from './pools.js';
import { echo, silent, startServer, type TestServer } from './servers.js';

async function poolOfOne(): Promise<{ server: TestServer; pool: Pool<Socket, Buffer> }> {
  const server = await startServer(silent);
  return { server, pool: testPool(tcp(server.address), { max: 1 }) };
}

it('a lease that using ends without a release closes its socket', async () => {
  const { pool } = await poolOfOne();
  let socket: Socket | undefined;
  const work = async (): Promise<never> => {
    using lease = await pool.acquire();
    ({ socket } = lease);
    throw new Error('the project failed');
  };
  await expect(work()).rejects.toThrow('the project failed');
  await until(() => pool.stats.owned === 0);
  expect(socket?.closed).toBe(true);
  expect(pool.stats).toMatchObject({ destroyed: 1, released: 0 });
});

it('a lease released within using keeps its socket in the pool', async () => {
  const { pool } = await poolOfOne();
  {
    using lease = await pool.acquire();
    lease.release();
  }
  expect(pool.stats).toMatchObject({ idle: 1, destroyed: 0, released: 1 });
});

it('a lease added to a subscription closes its socket when that is unsubscribed', async () => {
  const { pool } = await poolOfOne();
  const subscription = new Subscription();
  const lease = await pool.acquire();
  const { socket } = lease;
  subscription.add(lease);
  subscription.unsubscribe();
  expect(() => lease.socket).toThrow(LeaseEndedError);
  await until(() => pool.stats.owned === 0);
  expect(socket.closed).toBe(true);
  expect(pool.stats).toMatchObject({ destroyed: 1, released: 0 });
});

it('a destroyed socket is closed at once, whatever is not yet written', async () => {
  const { pool } = await poolOfOne();
  const lease = await pool.acquire();
  const { socket } = lease;
  socket.write(Buffer.alloc(32 * 1024 * 1024));
  lease.destroy();
  expect(socket.destroyed).toBe(true);
  expect(socket.writableFinished).toBe(false);
});

it('the slot of a destroyed socket is free only once that has closed', async () => {
  const { pool } = await poolOfOne();
  const lease = await pool.acquire();
  const { socket } = lease;
  lease.destroy();
  expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
  const next = await pool.acquire();
  expect(socket.closed).toBe(true);
  expect(next.socket).not.toBe(socket);
});

it('an old lease cannot touch the socket of the next borrower', async () => {
  const { pool } = await poolOfOne();
  const old = await pool.acquire();
  const { socket } = old;
  old.release();
  const lease = await pool.acquire();
  expect(lease.socket).toBe(socket);
  const events = recordEvents(pool);
  old.release();
  old.destroy();
  old.unsubscribe();
  expect(() => old.detach()).toThrow(LeaseEndedError);
  expect(events).toEqual([]);
  expect(pool.stats.lent).toBe(1);
  expect(socket.destroyed).toBe(false);
});

it('a detached socket is the borrower’s, and its slot is free at once', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const socket = lease.detach();
  expect(pool.stats).toMatchObject({ owned: 0, detached: 1 });
  expect((await pool.acquire()).socket).not.toBe(socket);
  await pool.close({ borrowed: 'destroy' });

  const answered = once(socket, 'data');
  socket.write('still here');
  expect(String((await answered)[0])).toBe('still here');
  socket.destroy();
});

it('what becomes of a detached socket is no news to the pool', async () => {
  const { pool, server } = await poolOfOne();
  const lease = await pool.acquire();
  const socket = lease.detach();
  const events = recordEvents(pool);
  const closed = once(socket, 'close');
  (await server.peer()).resetAndDestroy();
  // An error that nobody listened to would end the process.
  await closed.catch(() => undefined);
  await until(() => socket.closed);
  expect(events).toEqual([]);
  expect(pool.endpoints[0]?.status).not.toHaveProperty('error');
});
