import { once } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { endpoint } from '../../src/index.js';
import { ConnectTimeoutError, tcp, tls } from '../../src/tcp/index.js';
import { certificateFor, type Certificate } from './certificates.js';
import { nextEvent, testPool } from './pools.js';
import { echo, silent, startServer, startTlsServer } from './servers.js';

let localhost: Certificate;
let service: Certificate;
beforeAll(async () => {
  [localhost, service] = await Promise.all([certificateFor('localhost'), certificateFor('service.test')]);
});

/** Leads any host name to loopback without asking the network. */
const lookup: LookupFunction = (_name, { all }, callback) => {
  if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

it('lends a socket whose handshake is done and whose peer is verified', async () => {
  const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
  const pool = testPool(tls({ host: 'localhost', port: server.port, ca: localhost.cert }));
  const { socket } = await pool.acquire();
  expect(socket.authorized).toBe(true);
  const answered = once(socket, 'data');
  socket.write('hello');
  expect(String((await answered)[0])).toBe('hello');
});

it('counts a certificate of an unknown authority as a failed attempt', async () => {
  const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
  const { error } = await nextEvent(endpoint(tls(`localhost:${server.port}`)), 'failed');
  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

it('counts the certificate of another host as a failed attempt', async () => {
  const server = await startTlsServer(echo, service, { host: 'localhost', port: 0 });
  const { error } = await nextEvent(
    endpoint(tls({ host: 'localhost', port: server.port, ca: service.cert })),
    'failed',
  );
  expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('tells a waiting borrower why the peer was not trusted', async () => {
  const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
  const pool = testPool(tls(`localhost:${server.port}`), { retry: { count: 0 } });
  await expect(pool.acquire()).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
});

it('trusts an unknown authority where verification is switched off', async () => {
  const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
  const pool = testPool(tls({ host: 'localhost', port: server.port, rejectUnauthorized: false }));
  expect((await pool.acquire()).socket.authorized).toBe(false);
});

describe('the server name', () => {
  async function serverNamed(): Promise<{ port: number; names: string[] }> {
    const names: string[] = [];
    const { port } = await startTlsServer(echo, {
      SNICallback: (name, callback) => {
        names.push(name);
        callback(null, createSecureContext(service));
      },
    });
    return { port, names };
  }

  it('is the host', async () => {
    const { port, names } = await serverNamed();
    const pool = testPool(tls({ host: 'service.test', lookup, port, ca: service.cert }));
    expect((await pool.acquire()).socket.authorized).toBe(true);
    expect(names).toEqual(['service.test']);
  });

  it('is the host that the attempt has asked for', async () => {
    const { port, names } = await serverNamed();
    const pool = testPool(tls({ host: () => Promise.resolve('service.test'), lookup, port, ca: service.cert }));
    expect((await pool.acquire()).socket.authorized).toBe(true);
    expect(names).toEqual(['service.test']);
  });

  it('is the servername where that is given', async () => {
    const { port, names } = await serverNamed();
    const pool = testPool(tls({ host: '127.0.0.1', port, servername: 'service.test', ca: service.cert }));
    expect((await pool.acquire()).socket.authorized).toBe(true);
    expect(names).toEqual(['service.test']);
  });
});

it('reads the authority anew at each attempt', async () => {
  const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
  const authorities = [service.cert, localhost.cert];
  const pool = testPool(tls({ host: 'localhost', port: server.port, ca: () => Promise.resolve(authorities.shift()) }), {
    retry: { delay: 1 },
  });
  expect((await pool.acquire()).socket.authorized).toBe(true);
  expect(pool.stats.failed).toBe(1);
});

it('gives up a handshake that is not answered within connectTimeout, and closes its socket', async () => {
  const server = await startServer(silent);
  const events$ = endpoint(tls({ host: '127.0.0.1', port: server.port, connectTimeout: 50 }));
  const failed = nextEvent(events$, 'failed');
  const peer = await server.peer();
  const closed = once(peer, 'close');
  expect((await failed).error).toBeInstanceOf(ConnectTimeoutError);
  peer.end();
  await closed;
});

it('counts a server that leaves in the middle of the handshake as a failed attempt', async () => {
  const server = await startServer((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const { error } = await nextEvent(endpoint(tls(`127.0.0.1:${server.port}`)), 'failed');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

describe('a socket that comes back', () => {
  const listeners = (socket: Socket): object =>
    new Map(socket.eventNames().map((name) => [name, socket.rawListeners(name as string)]));

  it.each<[string, (socket: Socket) => unknown]>([
    ['left as it was', () => undefined],
    ['paused', (socket) => socket.pause()],
    [
      'read from',
      async (socket) => {
        const answered = once(socket, 'data');
        socket.on('data', () => undefined);
        socket.write('hello');
        await answered;
      },
    ],
  ])('%s is lent again, as new', async (_how, loan) => {
    const server = await startTlsServer(echo, localhost, { host: 'localhost', port: 0 });
    const pool = testPool(tls({ host: 'localhost', port: server.port, ca: localhost.cert }), { max: 1 });
    const first = await pool.acquire();
    const { socket } = first;
    const before = listeners(socket);
    await loan(socket);
    first.release();

    const second = await pool.acquire();
    expect(second.socket === socket).toBe(true);
    expect(socket.readableFlowing).toBeNull();
    expect(listeners(socket)).toEqual(before);
  });
});

/** What Node has been told about a socket; it has no other way to ask. */
function flag(socket: Socket, name: 'kSetNoDelay' | 'kSetKeepAlive' | 'kSetKeepAliveInitialDelay'): unknown {
  for (let at: object | null = socket; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === name);
    if (symbol !== undefined) return (socket as unknown as Record<symbol, unknown>)[symbol];
  }
  throw new Error(`this version of Node has no ${name}`);
}

describe.each([
  { kind: 'TCP', open: tcp, start: async () => startServer(echo, { host: 'localhost', port: 0 }), trust: () => ({}) },
  {
    kind: 'TLS',
    open: tls,
    start: async () => startTlsServer(echo, localhost, { host: 'localhost', port: 0 }),
    trust: () => ({ ca: localhost.cert }),
  },
])('a $kind socket', ({ open, start, trust }) => {
  it('has noDelay and keepAlive after 30 s switched on', async () => {
    const { port } = await start();
    const { socket } = await testPool<Socket, Buffer>(open({ host: 'localhost', port, ...trust() })).acquire();
    expect(flag(socket, 'kSetNoDelay')).toBe(true);
    expect(flag(socket, 'kSetKeepAlive')).toBe(true);
    expect(flag(socket, 'kSetKeepAliveInitialDelay')).toBe(30);
  });

  it('has them switched off where the options say so', async () => {
    const { port } = await start();
    const options = { host: 'localhost', port, ...trust(), noDelay: false, keepAlive: false };
    const { socket } = await testPool<Socket, Buffer>(open(options)).acquire();
    expect(flag(socket, 'kSetNoDelay')).toBe(false);
    expect(flag(socket, 'kSetKeepAlive')).toBe(false);
  });
});
