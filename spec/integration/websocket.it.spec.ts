import { once } from 'node:events';
import { filter, first, firstValueFrom, take, toArray } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { endpoint, type Endpoint } from '../../src/index.js';
import { webSocket, type WebSocketOptions } from '../../src/websocket/index.js';
import { certificateFor, type Certificate } from './certificates.js';
import { nextEvent, recordEvents, testPool, until } from './pools.js';
import { refusedPort, startServer } from './servers.js';
import { echo, startWebSocketServer, wsSocket, type Behaviour, type TestWebSocketServer } from './websocket-servers.js';

let localhost: Certificate;
beforeAll(async () => {
  localhost = await certificateFor('localhost');
});

const to = (
  { url }: { readonly url: string },
  options: Partial<WebSocketOptions<WebSocket>> = {},
): WebSocketOptions<WebSocket> => ({ url, create: wsSocket(), ...options });

/** The next failed attempt of an address. */
async function failure(options: WebSocketOptions<WebSocket>): Promise<unknown> {
  return (await nextEvent(endpoint(webSocket(options)), 'failed')).error;
}

/** How the first connection is lost. */
async function loss(options: WebSocketOptions<WebSocket>): Promise<unknown> {
  return (await nextEvent(endpoint(webSocket(options)), 'reset')).error;
}

describe('a WebSocket of ws', () => {
  it('is lent by a pool, and brings text and bytes', async () => {
    const server = await startWebSocketServer();
    const pool = testPool(webSocket(to(server)), { max: 1 });
    const heard = await pool.run(async (socket, lease) => {
      socket.send('text');
      socket.send(new Uint8Array([1, 2]));
      return firstValueFrom(lease.data$.pipe(take(2), toArray()));
    });
    expect(heard).toEqual(['text', new Uint8Array([1, 2])]);
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('goes over TLS, to a peer that is verified', async () => {
    const server = await startWebSocketServer(echo, { certificate: localhost });
    const pool = testPool(webSocket(to(server, { create: wsSocket({ ca: localhost.cert }) })));
    const answer = await pool.run(async (socket, lease) => {
      socket.send('hello');
      return firstValueFrom(lease.data$);
    });
    expect(answer).toBe('hello');
    expect(await failure(to(server))).toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  });

  it('brings a fresh token to each handshake', async () => {
    const server = await startWebSocketServer((socket) => socket.close(1012), { handleProtocols: () => 'v2' });
    let token = 0;
    const feed = webSocket(
      to(server, {
        url: async () => `${server.url}/?attempt=${++token}`,
        protocols: () => ['v1', 'v2'],
        headers: () => ({ authorization: `Bearer ${token}` }),
      }),
    );
    const feed$ = endpoint(feed, { retry: { delay: 0 } });
    const ups = await firstValueFrom(
      feed$.pipe(
        filter((event) => event.type === 'connected' || event.type === 'reconnected'),
        take(2),
        toArray(),
      ),
    );
    expect(ups.map(({ socket }) => socket.protocol)).toEqual(['v2', 'v2']);
    expect(server.requests.map(({ url }) => url)).toEqual(['/?attempt=1', '/?attempt=2']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('is brought back to what it was for the next borrower', async () => {
    const server = await startWebSocketServer();
    const pool = testPool(webSocket(to(server)), { max: 1 });
    const lease = await pool.acquire();
    const { socket } = lease;
    const before = socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
    socket.onmessage = () => undefined;
    socket.addEventListener('message', () => undefined);
    socket.on('pong', () => undefined);
    socket.once('close', () => undefined);
    socket.pause();
    lease.release();
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    expect(socket.eventNames().map((name) => [name, socket.listenerCount(name)])).toEqual(before);
    expect(socket.isPaused).toBe(false);
  });

  it('is not lent again where a borrower has taken our listeners away', async () => {
    const server = await startWebSocketServer();
    const pool = testPool(webSocket(to(server)), { max: 1 });
    const lease = await pool.acquire();
    const { socket } = lease;
    socket.removeAllListeners('message');
    lease.release();
    expect((await pool.acquire()).socket).not.toBe(socket);
  });

  it('keeps the process alive only while it is lent', async () => {
    const server = await startWebSocketServer();
    const pool = testPool(webSocket(to(server)), { max: 1 });
    const calls: string[] = [];
    const lease = await pool.acquire();
    const { _socket: raw } = lease.socket as unknown as { _socket: { ref(): void; unref(): void } };
    Object.assign(raw, { ref: () => calls.push('ref'), unref: () => calls.push('unref') });
    lease.release();
    const again = await pool.acquire();
    expect(calls).toEqual(['unref', 'ref']);
    again.release();
  });
});

describe('a bad answer to the handshake', () => {
  it.each([
    [
      'a proxy without its server',
      'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      'Unexpected server response: 502',
    ],
    ['a server that speaks something else', 'hello\r\n\r\n', 'Parse Error'],
  ])('from %s is a failed attempt, and says why', async (_who, answer, why) => {
    const server = await startServer((socket) => socket.once('data', () => socket.end(answer)));
    const error = await failure(to({ url: `ws://${server.address}` }));
    expect(error).toMatchObject({
      code: 'RXPOOL_WEBSOCKET_CLOSED',
      info: { code: 1006, wasClean: false },
      cause: { message: expect.stringContaining(why) as string },
    });
  });

  it('that never comes is a failed attempt after connectTimeout', async () => {
    const server = await startServer((socket) => socket.resume().once('end', () => socket.end()));
    const error = await failure(to({ url: `ws://${server.address}` }, { connectTimeout: 20 }));
    expect(error).toMatchObject({ code: 'RXPOOL_CONNECT_TIMEOUT', info: { timeout: 20 } });
    await until(() => server.open === 0);
  });

  it('because nobody is there is a failed attempt', async () => {
    const port = await refusedPort();
    expect(await failure(to({ url: `ws://127.0.0.1:${port}` }))).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('a close by the server', () => {
  it.each([1000, 1001, 1003, 1008, 1011, 1012, 3000, 4401])('with code %i comes with its reason', async (code) => {
    const server = await startWebSocketServer((socket) => socket.close(code, 'because'));
    expect(await loss(to(server))).toMatchObject({
      code: 'RXPOOL_WEBSOCKET_CLOSED',
      info: { code, reason: 'because', wasClean: true },
    });
  });

  it.each<[string, Behaviour, number]>([
    ['without a code', (socket) => socket.close(), 1005],
    ['without a handshake', (socket) => socket.terminate(), 1006],
    ['by a frame that cannot be', (socket) => rawOf(socket).write(Buffer.from([0xff, 0])), 1006],
    ['by text that is no UTF-8', (socket) => rawOf(socket).write(Buffer.from([0x81, 1, 0xff])), 1006],
    ['by a code that cannot be', (socket) => rawOf(socket).write(Buffer.from([0x88, 2, 0x03, 0xed])), 1006],
  ])('%s is a loss', async (_how, behaviour, code) => {
    const server = await startWebSocketServer(behaviour);
    expect(await loss(to(server))).toMatchObject({ code: 'RXPOOL_WEBSOCKET_CLOSED', info: { code } });
  });

  it('is a loss by its own name after text where bytes are expected', async () => {
    const server = await startWebSocketServer((socket) => socket.send('text'));
    const closed = server.peer().then(async (socket) => (await once(socket, 'close')) as unknown[]);
    expect(await loss(to(server, { messageType: 'binary' } as never))).toMatchObject({
      code: 'RXPOOL_WEBSOCKET_MESSAGE',
      info: { problem: 'text' },
    });
    expect((await closed)[0]).toBe(4000);
  });
});

describe('a heartbeat', () => {
  it('finds out that the peer does not answer pings', async () => {
    const server = await startWebSocketServer((socket) => socket.pause());
    const error = await loss(to(server, { heartbeat: { interval: 10, timeout: 20 } }));
    expect(error).toMatchObject({ code: 'RXPOOL_HEARTBEAT_TIMEOUT' });
  });

  it('goes on while pings are answered', async () => {
    const server = await startWebSocketServer((socket) => {
      let pings = 0;
      socket.on('ping', () => ++pings === 3 && socket.send('three'));
    });
    const events = endpoint(webSocket(to(server, { heartbeat: { interval: 1, timeout: 5_000 } })));
    expect(await nextEvent(events, 'data')).toMatchObject({ data: 'three' });
  });
});

describe.each([
  ['restarts', false],
  ['is killed', true],
])('a server that %s under a pool', (_how, hard) => {
  async function restart(server: TestWebSocketServer): Promise<void> {
    await server.stop({ hard });
    await server.start();
  }

  it('costs nobody anything in silence', async () => {
    const server = await startWebSocketServer();
    const pool = testPool(webSocket(to(server)), { max: 2, retry: { delay: 10 } });
    const events = recordEvents(pool);
    const [lent, idle] = await Promise.all([pool.acquire(), pool.acquire()]);
    idle.release();
    const lost = firstValueFrom(lent.lost$);
    await restart(server);
    expect(await lost).toMatchObject({
      code: 'RXPOOL_CONNECTION_LOST',
      cause: { info: hard ? { code: 1006 } : { code: 1012, reason: 'restart' } },
    });
    await until(() => pool.stats.owned === 0);
    expect(events.filter(({ type }) => type === 'lost')).toHaveLength(2);
    const answer = await pool.run(async (socket, lease) => {
      socket.send('again');
      return firstValueFrom(lease.data$.pipe(first()));
    });
    expect(answer).toBe('again');
  });

  it('is a reset and a reconnect to who watches', async () => {
    const server = await startWebSocketServer();
    const feed: Endpoint<WebSocket, string | Uint8Array> = endpoint(webSocket(to(server)), { retry: { delay: 10 } });
    const told: string[] = [];
    const isBack = new Promise<void>((resolve) => {
      const watching = feed.subscribe((event) => {
        told.push(event.type);
        if (event.type === 'reconnected') resolve();
      });
      onTestFinished(() => watching.unsubscribe());
    });
    await server.peer();
    await until(() => told.includes('connected'));
    await restart(server);
    await isBack;
    expect(told.filter((type) => type !== 'failed' && type !== 'connecting')).toEqual([
      'connected',
      'reset',
      'reconnected',
    ]);
  });
});

/** The TCP socket below one of `ws`, to say on it what `ws` would not. */
function rawOf(socket: WebSocket): { write(bytes: Buffer): void } {
  return (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
}
