import { once } from 'node:events';
import type { Socket } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { PoolClosedError, type Lease, type Pool } from '../../src/index.js';
import { tcp, tls } from '../../src/tcp/index.js';
import { recordEvents, testPool, until } from './pools.js';
import { echo, silent, startServer, type TestServer } from './servers.js';

interface Busy {
  readonly server: TestServer;
  readonly pool: Pool<Socket, Buffer>;
  readonly lent: Lease<Socket, Buffer>;
  readonly socket: Socket;
}

/** One idle connection and one that is lent. */
async function busy(): Promise<Busy> {
  const server = await startServer((socket) => socket.on('end', () => socket.end()).resume());
  const pool = testPool(tcp(server.address), { max: 2 });
  const lent = await pool.acquire();
  const idle = await pool.acquire();
  idle.release();
  return { server, pool, lent, socket: lent.socket };
}

it('waits for what is lent, and closes it in good order when it comes back', async () => {
  const { server, pool, lent, socket } = await busy();
  const report = pool.close();
  await until(() => pool.stats.owned === 1);
  expect(socket.destroyed).toBe(false);
  expect(lent.socket).toBe(socket);
  lent.release();
  expect(await report).toEqual({ closed: 2, destroyed: 0, left: 0 });
  expect(socket.closed).toBe(true);
  await until(() => server.open === 0);
});

it('destroys what is still lent when the time is up, and tells its borrower', async () => {
  const { pool, lent, socket } = await busy();
  const told = lastValueFrom(lent.lost$.pipe(toArray()));
  expect(await pool.close({ timeout: 20 })).toEqual({ closed: 1, destroyed: 1, left: 0 });
  expect(socket.closed).toBe(true);
  expect(await told).toHaveLength(1);
});

it('destroys what is lent when told to', async () => {
  const { pool, lent, socket } = await busy();
  const told = lastValueFrom(lent.lost$.pipe(toArray()));
  expect(await pool.close({ borrowed: 'destroy' })).toEqual({ closed: 1, destroyed: 1, left: 0 });
  expect(socket.closed).toBe(true);
  expect(await told).toHaveLength(1);
});

it('leaves what is lent to its borrower when told to, who ends it with the lease', async () => {
  const { server, pool, lent, socket } = await busy();
  expect(await pool.close({ borrowed: 'leave' })).toEqual({ closed: 1, destroyed: 0, left: 1 });
  expect(socket.destroyed).toBe(false);
  const written = new Promise<unknown>((resolve) => lent.socket.write('still here', resolve));
  expect(await written).toBeFalsy();
  lent.release();
  await until(() => socket.closed);
  await until(() => server.open === 0);
});

it('a second close hardens the first, and both get the same report', async () => {
  const { pool, socket } = await busy();
  const first = pool.close({ timeout: Infinity });
  const second = pool.close({ borrowed: 'destroy' });
  expect(await first).toEqual({ closed: 1, destroyed: 1, left: 0 });
  expect(await second).toBe(await first);
  expect(socket.closed).toBe(true);
});

it('resolves only when every socket has closed, also those on their way out', async () => {
  const server = await startServer((socket) => socket.resume());
  const pool = testPool(tcp({ host: '127.0.0.1', port: server.port, closeTimeout: 20 }), { max: 3 });
  const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  const sockets = leases.map(({ socket }) => socket);
  for (const lease of leases) lease.release();
  // Their peer does not end its side, so each takes as long as closeTimeout.
  await pool.close();
  expect(sockets.map(({ closed }) => closed)).toEqual([true, true, true]);
});

it('fails those that wait, and aborts the attempt made for them', async () => {
  const server = await startServer(silent);
  const pool = testPool(tls(server.address));
  const waiting = pool.acquire();
  const peer = await server.peer();
  const gone = once(peer, 'close');
  const report = pool.close();
  await expect(waiting).rejects.toBeInstanceOf(PoolClosedError);
  expect(await report).toEqual({ closed: 0, destroyed: 0, left: 0 });
  peer.end();
  await gone;
  await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
});

it('is done at once for a pool that has never dialled', async () => {
  const pool = testPool(tcp(1));
  const events = recordEvents(pool);
  expect(await pool.close()).toEqual({ closed: 0, destroyed: 0, left: 0 });
  expect(events.map(({ type }) => type)).toEqual(['closing', 'drained']);
});

it('is what await using does', async () => {
  const server = await startServer(echo);
  let socket: Socket;
  {
    await using pool = testPool(tcp(server.address));
    const lease = await pool.acquire();
    ({ socket } = lease);
    lease.release();
  }
  expect(socket.closed).toBe(true);
});
