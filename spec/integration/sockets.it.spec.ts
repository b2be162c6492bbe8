import { once } from 'node:events';
import type { Socket } from 'node:net';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import type { Transport } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { until } from './pools.js';
import { echo, silent, startServer, type Behaviour, type TestServer } from './servers.js';

/** One socket of the transport, kept open until it closes by itself. */
async function openOne(
  behaviour: Behaviour,
  options: { closeTimeout?: number } = {},
): Promise<{
  transport: Transport<Socket, Buffer>;
  socket: Socket;
  peer: Socket;
  server: TestServer;
  end: Promise<unknown>;
}> {
  const server = await startServer(behaviour);
  const transport = tcp({ host: '127.0.0.1', port: server.port, ...options });
  let fail: (error: unknown) => void;
  const end = new Promise<unknown>((resolve) => {
    fail = resolve;
  });
  const socket = await new Promise<Socket>((resolve) =>
    transport.open().subscribe({ next: resolve, error: (error: unknown) => fail(error) }),
  );
  return { transport, socket, peer: await server.peer(), server, end };
}

async function collect(peer: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  peer.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(peer, 'end');
  return Buffer.concat(chunks);
}

const closing = async (transport: Transport<Socket>, socket: Socket, force?: boolean): Promise<unknown> =>
  lastValueFrom(transport.close(socket, force === undefined ? {} : { force }), { defaultValue: undefined });

it('sends what is not yet written before it closes', async () => {
  const { transport, socket, peer } = await openOne(() => undefined, { closeTimeout: Infinity });
  const sent = Buffer.alloc(8 * 1024 * 1024, 'x');
  socket.write(sent);
  expect(transport.pending?.(socket)).toBeGreaterThan(0);
  const closed = closing(transport, socket);
  const received = await collect(peer);
  expect(received.equals(sent)).toBe(true);
  peer.end();
  await closed;
  expect(socket.closed).toBe(true);
});

it('reads on while it closes, so that the peer can say all it has to say', async () => {
  const { transport, socket, peer } = await openOne(silent, { closeTimeout: Infinity });
  const closed = closing(transport, socket);
  await once(peer, 'end');
  const sent = 8 * 1024 * 1024;
  peer.end(Buffer.alloc(sent));
  await closed;
  expect(socket.bytesRead).toBe(sent);
});

it('closes a socket that has bytes unread', async () => {
  const { transport, socket, peer } = await openOne(silent, { closeTimeout: Infinity });
  peer.write('unread');
  await until(() => socket.readableLength > 0);
  const closed = closing(transport, socket);
  await once(peer, 'end');
  peer.end();
  await closed;
  expect(socket.closed).toBe(true);
});

it('destroys after closeTimeout a socket whose peer does not end', async () => {
  const { transport, socket, peer } = await openOne(silent, { closeTimeout: 20 });
  const ended = once(peer, 'end');
  await closing(transport, socket);
  expect(socket.destroyed).toBe(true);
  expect(peer.destroyed).toBe(false);
  await ended;
});

it('destroys at once with force, whatever is not yet written', async () => {
  const { transport, socket } = await openOne((peer) => peer.pause(), { closeTimeout: Infinity });
  socket.write(Buffer.alloc(32 * 1024 * 1024));
  await closing(transport, socket, true);
  expect(socket.closed).toBe(true);
  expect(socket.writableFinished).toBe(false);
});

it('hardens a close under way', async () => {
  const { transport, socket } = await openOne(silent, { closeTimeout: Infinity });
  const closed = closing(transport, socket);
  await closing(transport, socket, true);
  await closed;
  expect(socket.closed).toBe(true);
});

it('completes at once for a socket that has closed', async () => {
  const { transport, socket } = await openOne(silent);
  socket.destroy();
  await once(socket, 'close');
  let isComplete = false;
  transport.close(socket).subscribe({ complete: () => (isComplete = true) });
  expect(isComplete).toBe(true);
});

it('tells of the end only once the socket has closed', async () => {
  const { socket, peer, end } = await openOne(silent);
  const closed = once(socket, 'close');
  peer.end();
  expect(await Promise.race([end, closed.then(() => 'closed first')])).not.toBeUndefined();
  expect(socket.closed).toBe(true);
});

it('takes a clean end by the peer for a loss', async () => {
  const { peer, end, transport } = await openOne(silent);
  peer.end();
  const error = await end;
  expect(error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST', info: { address: transport.address } });
  expect((error as Error).cause).toBeUndefined();
});

it('tells of a reset with the error of Node as the cause', async () => {
  const { peer, end } = await openOne(silent);
  peer.resetAndDestroy();
  expect(await end).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST', cause: { code: 'ECONNRESET' } });
});

it('closes a socket gracefully when the subscription that opened it ends', async () => {
  const server = await startServer(silent);
  const subscription = tcp(server.address)
    .open()
    .subscribe((socket) => {
      socket.write('the last words');
      subscription.unsubscribe();
    });
  const peer = await server.peer();
  peer.removeAllListeners('data');
  expect((await collect(peer)).toString()).toBe('the last words');
});

it('aborts an attempt when its subscription ends', async () => {
  const server = await startServer(silent);
  const opened: Socket[] = [];
  const subscription = tcp(server.address)
    .open()
    .subscribe((socket) => opened.push(socket));
  subscription.unsubscribe();
  // An attempt made later is answered by the same server: what the first one was to bring would have come before.
  await firstValueFrom(tcp(server.address).open());
  expect(opened).toEqual([]);
});

it('takes an error on a closing socket for nothing to tell of', async () => {
  const { transport, socket } = await openOne(echo, { closeTimeout: Infinity });
  socket.removeAllListeners('error');
  const closed = closing(transport, socket);
  socket.destroy(new Error('late'));
  await closed;
  expect(socket.closed).toBe(true);
});

it('says that a socket is usable only while it is open in both directions and has nothing unread', async () => {
  const { transport, socket, peer } = await openOne(silent);
  expect(transport.usable?.(socket)).toBe(true);
  peer.write('x');
  await until(() => socket.readableLength > 0);
  expect(transport.usable?.(socket)).toBe(false);
  socket.read();
  expect(transport.usable?.(socket)).toBe(true);
  socket.end();
  expect(transport.usable?.(socket)).toBe(false);
});
