import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { nextEvent, recordEvents, testPool, until } from './pools.js';
import { echo, silent, startServer, type TestServer } from './servers.js';

interface Idle {
  readonly server: TestServer;
  readonly pool: Pool<Socket, Buffer>;
  readonly socket: Socket;
  readonly peer: Socket;
}

/** A pool with one idle connection; `before` is what its first borrower does with the socket. */
async function idle(before: (socket: Socket) => unknown = () => undefined): Promise<Idle> {
  const server = await startServer(silent);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const { socket } = lease;
  await before(socket);
  lease.release();
  // Where the socket has been read from, it is checked for a tick before it is idle.
  await until(() => pool.stats.idle === 1);
  return { server, pool, socket, peer: await server.peer() };
}

const asNew = (): undefined => undefined;
const read = async (socket: Socket): Promise<void> => {
  socket.on('data', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
};
const paused = (socket: Socket): unknown => socket.pause();

describe.each<[string, (socket: Socket) => unknown]>([
  ['left as it was', asNew],
  ['read from', read],
  ['left paused', paused],
])('an idle socket that its last borrower has %s', (_loan, before) => {
  it('is dropped when the peer ends', async () => {
    const { pool, peer, socket } = await idle(before);
    const lost = nextEvent(pool.events$, 'lost');
    peer.end();
    expect((await lost).error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST' });
    expect(pool.stats.owned).toBe(0);
    expect((await pool.acquire()).socket).not.toBe(socket);
  });

  it('is dropped when the peer resets', async () => {
    const { pool, peer, socket } = await idle(before);
    const lost = nextEvent(pool.events$, 'lost');
    peer.resetAndDestroy();
    expect((await lost).error).toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await pool.acquire()).socket).not.toBe(socket);
  });

  it.each<[string, (peer: Socket) => unknown]>([
    ['stays', () => undefined],
    ['ends', (peer) => peer.end()],
    ['closes', (peer) => peer.destroy()],
    ['resets', (peer) => peer.resetAndDestroy()],
  ])('is never lent again when the peer sends bytes and %s', async (_then, close) => {
    const { pool, peer, socket } = await idle(before);
    await new Promise<unknown>((resolve) => peer.write('bytes that nobody has asked for', resolve));
    await until(() => socket.bytesRead > 0 || socket.destroyed);
    close(peer);
    expect((await pool.acquire()).socket).not.toBe(socket);
    await until(() => socket.closed);
  });
});

it('tells that bytes on an idle socket made it unfit for the next borrower', async () => {
  const { pool, peer, socket } = await idle();
  peer.write('bytes that nobody has asked for');
  await until(() => socket.readableLength > 0);
  const events = recordEvents(pool);
  await pool.acquire();
  expect(events.filter(({ type }) => type === 'closed')).toMatchObject([{ reason: 'unhealthy' }]);
});

it('closes an idle socket with bytes on it although nobody borrows', async () => {
  const server = await startServer(silent);
  const clock = new VirtualClock();
  const pool = testPool(tcp(server.address), { clock, idleTimeout: Infinity });
  const lease = await pool.acquire();
  const { socket } = lease;
  const peer = await server.peer();
  lease.release();
  peer.end('bytes that nobody has asked for');
  await until(() => socket.readableLength > 0);
  const closed = nextEvent(pool.events$, 'closed');
  clock.advance(60_000);
  expect(await closed).toMatchObject({ reason: 'unhealthy' });
  expect(pool.stats.owned).toBe(0);
});

it('does not lend a socket that came back with an answer unread and its peer gone', async () => {
  const server = await startServer((socket) => socket.once('data', () => socket.end('too late')));
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const { socket } = lease;
  socket.pause();
  socket.write('question');
  await until(() => socket.readableLength > 0);
  expect(socket.destroyed).toBe(false);
  lease.release();
  expect((await pool.acquire()).socket).not.toBe(socket);
});

it('opens as many again as min says when idle connections are lost', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { min: 2, retry: { delay: 1, resetAfter: 0 } });
  await pool.ready();
  const peers = [await server.peer(), await server.peer()];
  for (const peer of peers) peer.destroy();
  await server.peer();
  await server.peer();
  await pool.ready();
  expect(pool.stats).toMatchObject({ idle: 2, lost: 2 });
});
