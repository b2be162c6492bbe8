import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket as Peer } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { filter, firstValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endpoint } from '../../src/index.js';
import { socketIo, type SocketIoOptions } from '../../src/socket-io/index.js';
import { nextEvent, recordEvents, testPool, until } from './pools.js';
import { refusedPort, silent, startServer } from './servers.js';

/** A server of Socket.IO on loopback, which may be stopped and started again on its port. Gone with the test that has started it. */
class TestSocketIoServer {
  /** What the handshakes have brought. */
  readonly handshakes: Peer['handshake'][] = [];
  private server: Server | undefined;
  private port = 0;

  constructor(
    private readonly behaviour: (peer: Peer) => void,
    private readonly isWelcome: (auth: Peer['handshake']['auth']) => Error | undefined,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get open(): number {
    return this.server?.engine.clientsCount ?? 0;
  }

  async start(): Promise<void> {
    const http = createServer().listen(this.port, '127.0.0.1');
    await once(http, 'listening');
    this.port = (http.address() as AddressInfo).port;
    const server = new Server(http);
    server.use(({ handshake }, done) => {
      this.handshakes.push(handshake);
      done(this.isWelcome(handshake.auth));
    });
    server.on('connection', this.behaviour);
    // Its clock is a timer of the process.
    http.prependListener('request', (_request, response) => (response.sendDate = false));
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }
}

const echo = (peer: Peer): void => {
  peer.on('echo', (value: unknown, answer: (value: unknown) => void) => answer(value));
};

async function startSocketIo(
  behaviour: (peer: Peer) => void = echo,
  isWelcome: (auth: Peer['handshake']['auth']) => Error | undefined = () => undefined,
): Promise<TestSocketIoServer> {
  const server = new TestSocketIoServer(behaviour, isWelcome);
  await server.start();
  onTestFinished(() => server.stop());
  return server;
}

const to = (
  { url }: { readonly url: string },
  options: Partial<SocketIoOptions<Socket>> = {},
): SocketIoOptions<Socket> => ({ io, url, ...options });

/** The next failed attempt of an address. */
async function failure(options: SocketIoOptions<Socket>): Promise<unknown> {
  return (await nextEvent(endpoint(socketIo(options)), 'failed')).error;
}

describe.each([['websocket'], ['polling']])('a socket of socket.io-client over %s', (way) => {
  const options = { transports: [way] };

  it('is lent by a pool, and is answered', async () => {
    const server = await startSocketIo();
    const pool = testPool(socketIo(to(server, { options })), { max: 1 });
    const ask = async (value: unknown): Promise<unknown> =>
      pool.run((socket): Promise<unknown> => socket.timeout(5_000).emitWithAck('echo', value));
    expect([await ask('one'), await ask({ two: 2 })]).toEqual(['one', { two: 2 }]);
    expect(pool.stats).toMatchObject({ idle: 1, released: 2, opened: 1 });
    await pool.close();
    await until(() => server.open === 0);
  });

  it('is refused by a middleware, which says why', async () => {
    const refusal = Object.assign(new Error('who are you?'), { data: { login: '/login' } });
    const server = await startSocketIo(echo, () => refusal);
    expect(await failure(to(server, { options }))).toMatchObject({
      code: 'RXPOOL_SOCKET_IO_CONNECT',
      info: { refused: true, data: { login: '/login' } },
      cause: { message: 'who are you?' },
    });
    await until(() => server.open === 0);
  });

  it('fails where nobody is there', async () => {
    const url = `http://127.0.0.1:${await refusedPort()}`;
    expect(await failure(to({ url }, { options }))).toMatchObject({
      code: 'RXPOOL_SOCKET_IO_CONNECT',
      info: { address: url, refused: false },
    });
  });

  it('fails where nobody answers', async () => {
    const server = await startServer(silent);
    const connectTimeout = 50;
    const error = await failure(to({ url: `http://${server.address}` }, { options, connectTimeout }));
    expect(error).toMatchObject({ code: 'RXPOOL_CONNECT_TIMEOUT', info: { timeout: connectTimeout } });
  });
});

describe('a server that never answers', () => {
  it('is let go of by a WebSocket', async () => {
    const server = await startServer((socket) => socket.resume().once('end', () => socket.end()));
    const options = { transports: ['websocket'] };
    await failure(to({ url: `http://${server.address}` }, { options, connectTimeout: 50 }));
    await until(() => server.open === 0);
  });
});

describe('a namespace that does not exist', () => {
  it('is a refusal', async () => {
    const server = await startSocketIo();
    expect(await failure(to({ url: `${server.url}/nowhere` }))).toMatchObject({
      info: { address: `${server.url}/nowhere`, refused: true },
      cause: { message: 'Invalid namespace' },
    });
  });
});

describe('a fresh token', () => {
  it('comes with each attempt', async () => {
    const server = await startSocketIo((peer) => peer.disconnect());
    let token = 0;
    const chat = socketIo(
      to(server, {
        auth: async () => ({ token: ++token }),
        query: () => ({ attempt: token }),
        extraHeaders: () => ({ 'x-attempt': String(token) }),
      }),
    );
    const losses = await firstValueFrom(
      endpoint(chat, { retry: { delay: 0 } }).pipe(
        filter((event) => event.type === 'reset'),
        map(({ error }) => error),
        take(2),
        toArray(),
      ),
    );
    expect(losses).toMatchObject([
      { info: { reason: 'io server disconnect' } },
      { info: { reason: 'io server disconnect' } },
    ]);
    expect(server.handshakes).toMatchObject([
      { auth: { token: 1 }, query: { attempt: '1' }, headers: { 'x-attempt': '1' } },
      { auth: { token: 2 }, query: { attempt: '2' }, headers: { 'x-attempt': '2' } },
    ]);
  });

  it('that cannot be had is a failed attempt, and the next one asks again', async () => {
    const server = await startSocketIo();
    let asked = 0;
    const auth = async (): Promise<Record<string, unknown>> => {
      if (++asked === 1) throw new Error('no token');
      return { token: asked };
    };
    const events = await firstValueFrom(
      endpoint(socketIo(to(server, { auth })), { retry: { delay: 0 } }).pipe(take(4), toArray()),
    );
    expect(events).toMatchObject([
      { type: 'connecting' },
      { type: 'failed', error: { message: 'no token' } },
      { type: 'connecting' },
      { type: 'connected' },
    ]);
    expect(server.handshakes).toMatchObject([{ auth: { token: 2 } }]);
  });
});

describe('what arrives', () => {
  it('is every event with its arguments, bytes too', async () => {
    const server = await startSocketIo((peer) => {
      peer.on('go', () => peer.emit('joined', 'ann', 3) && peer.emit('picture', Buffer.from([1, 2])));
    });
    const pool = testPool(socketIo(to(server)), { max: 1 });
    const heard = await pool.run(async (socket, lease) => {
      const events = firstValueFrom(lease.data$.pipe(take(2), toArray()));
      socket.emit('go');
      return events;
    });
    expect(heard).toEqual([
      ['joined', 'ann', 3],
      ['picture', Buffer.from([1, 2])],
    ]);
  });

  it('is not heard by listeners of the last borrower, whom the pool tells of', async () => {
    const server = await startSocketIo();
    const pool = testPool(socketIo(to(server)), { max: 1 });
    const events = recordEvents(pool);
    const lease = await pool.acquire();
    const { socket } = lease;
    const before = socket.listenersAny().length;
    socket.on('joined', () => undefined);
    socket.once('left', () => undefined);
    socket.onAny(() => undefined);
    lease.release();
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    expect([socket.listeners('joined'), socket.listeners('left'), socket.listenersAny().length]).toEqual([
      [],
      [],
      before,
    ]);
    expect(events.filter(({ type }) => type === 'leftover')).toMatchObject([
      { listeners: expect.arrayContaining(['joined', 'left', 'onAny']) as string[] },
    ]);
  });

  it('does not come on a socket from which a borrower took all listeners: it is not lent again', async () => {
    const server = await startSocketIo();
    const pool = testPool(socketIo(to(server)), { max: 1 });
    const lease = await pool.acquire();
    const { socket } = lease;
    socket.off();
    lease.release();
    expect((await pool.acquire()).socket).not.toBe(socket);
    await until(() => server.open === 1);
  });
});

describe('a server that restarts', () => {
  it('costs nobody anything in silence', async () => {
    const server = await startSocketIo();
    const pool = testPool(socketIo(to(server)), { max: 2, retry: { delay: 10 } });
    const events = recordEvents(pool);
    const [lent, idle] = await Promise.all([pool.acquire(), pool.acquire()]);
    idle.release();
    const lost = firstValueFrom(lent.lost$);
    await server.stop();
    expect(await lost).toMatchObject({
      code: 'RXPOOL_CONNECTION_LOST',
      cause: { code: 'RXPOOL_SOCKET_IO_DISCONNECTED' },
    });
    await server.start();
    await until(() => pool.stats.owned === 0);
    expect(events.filter(({ type }) => type === 'lost')).toHaveLength(2);
    expect(await pool.run((socket): Promise<unknown> => socket.timeout(5_000).emitWithAck('echo', 'again'))).toBe(
      'again',
    );
  });

  it('is a reset and a reconnect to who watches', async () => {
    const server = await startSocketIo();
    const told: string[] = [];
    const sockets = new Set<Socket>();
    const isBack = new Promise<void>((resolve) => {
      const watching = endpoint(socketIo(to(server)), { retry: { delay: 10 } }).subscribe((event) => {
        told.push(event.type);
        if (event.type === 'connected' || event.type === 'reconnected') sockets.add(event.socket);
        if (event.type === 'reconnected') resolve();
      });
      onTestFinished(() => watching.unsubscribe());
    });
    await until(() => told.includes('connected'));
    await server.stop();
    await server.start();
    await isBack;
    expect(told.filter((type) => type !== 'failed' && type !== 'connecting')).toEqual([
      'connected',
      'reset',
      'reconnected',
    ]);
    expect(sockets.size).toBe(2);
    // The old one has not come back by itself.
    expect([...sockets].map(({ connected, active }) => [connected, active])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(server.open).toBe(1);
  });
});
