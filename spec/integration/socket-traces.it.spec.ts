import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { testPool, until } from './pools.js';
import { echo, startServer } from './servers.js';

/** Whether the socket keeps the process alive, which Node tells of its handle only. */
function keepsAlive(socket: Socket): boolean {
  return (socket as unknown as { _handle: { hasRef(): boolean } })._handle.hasRef();
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

/** An open socket of a transport, prepared and noted, as a pool has it. */
async function openOne(prepare: (socket: Socket) => void = () => undefined) {
  const server = await startServer(echo);
  const transport = tcp({ host: '127.0.0.1', port: server.port, closeTimeout: Infinity });
  const socket = await new Promise<Socket>((resolve) =>
    transport.open().subscribe({ next: resolve, error: () => undefined }),
  );
  prepare(socket);
  transport.remember?.(socket);
  return { transport, socket };
}

it('a socket whose encoding was set by prepare is lent again', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), {
    max: 1,
    prepare: (socket: Socket) => {
      socket.setEncoding('utf8');
      return undefined;
    },
  });
  const lease = await pool.acquire();
  const { socket } = lease;
  lease.release();
  expect((await pool.acquire()).socket).toBe(socket);
});

it('a socket whose listeners a borrower has replaced by as many of its own is not lent again', async () => {
  const { transport, socket } = await openOne();
  socket.removeAllListeners();
  for (const name of ['error', 'close', 'end']) socket.on(name, () => undefined);
  expect(transport.restore?.(socket)).toBe(false);
  socket.destroy();
});

it('a socket whose reader of prepare a borrower has removed is not lent again', async () => {
  const { transport, socket } = await openOne((one) => one.on('data', () => undefined));
  socket.removeAllListeners('data');
  expect(transport.restore?.(socket)).toBe(false);
  socket.destroy();
});

it('what a borrower has piped out of a socket does not pause it for the next one', async () => {
  const { transport, socket } = await openOne();
  const sink = new PassThrough();
  socket.pipe(sink);
  transport.restore?.(socket);
  socket.on('data', () => undefined);
  sink.destroy();
  await once(sink, 'close');
  const wasPaused = socket.isPaused();
  socket.destroy();
  expect(wasPaused).toBe(false);
});

it('a socket into which a borrower still pipes is not lent again', async () => {
  const { transport, socket } = await openOne();
  new PassThrough().pipe(socket);
  expect(transport.restore?.(socket)).toBe(false);
  socket.destroy();
});

it('a socket that its borrower has unref-ed keeps the process alive for the next one in the same macrotask', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const { socket } = lease;
  socket.unref();
  lease.release();
  const next = pool.tryBorrow();
  await new Promise(setImmediate);
  expect(next?.socket).toBe(socket);
  expect(keepsAlive(socket)).toBe(true);
});

it('a socket that is told twice to rest keeps the process alive when it is lent at once', async () => {
  const { transport, socket } = await openOne();
  transport.unref?.(socket);
  await new Promise(setImmediate);
  transport.unref?.(socket);
  transport.ref?.(socket);
  await new Promise(setImmediate);
  const wasKept = keepsAlive(socket);
  socket.destroy();
  expect(wasKept).toBe(true);
});

it('a socket that is closed in the macrotask in which it came to rest keeps the process alive until it has closed', async () => {
  const { transport, socket } = await openOne();
  transport.unref?.(socket);
  transport.close(socket).subscribe();
  await new Promise(setImmediate);
  const wasKept = socket.destroyed || keepsAlive(socket);
  await closed(socket);
  expect(wasKept).toBe(true);
});

it('an option that is undefined counts as left out', async () => {
  const server = await startServer(echo);
  const seen: unknown[] = [];
  const port = server.port;
  const socket = await new Promise<Socket>((resolve) =>
    tcp({ host: '127.0.0.1', port, noDelay: undefined })
      .open()
      .subscribe({ next: resolve, error: () => undefined }),
  );
  const noDelay = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kSetNoDelay');
  seen.push(noDelay && (socket as unknown as Record<symbol, unknown>)[noDelay]);
  socket.destroy();
  await until(() => socket.closed);
  expect(seen).toEqual([true]);
});
