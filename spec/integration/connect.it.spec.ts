import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BehaviorSubject, EMPTY, NEVER } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { ConnectionLostError, endpoint, type Transport } from '../../src/index.js';
import { ConnectTimeoutError, tcp } from '../../src/tcp/index.js';
import { nextEvent, nextEvents, testPool } from './pools.js';
import { echo, refusedPort, startServer } from './servers.js';

async function roundTrip(transport: Transport<Socket, Buffer>): Promise<string> {
  const pool = testPool(transport);
  const lease = await pool.acquire();
  const answered = once(lease.socket, 'data');
  lease.socket.write('hello');
  const [data] = (await answered) as [Buffer];
  return data.toString();
}

it('connects to host:port', async () => {
  const server = await startServer(echo);
  expect(await roundTrip(tcp(`127.0.0.1:${server.port}`))).toBe('hello');
});

it('connects to a port on localhost', async () => {
  const server = await startServer(echo, { host: 'localhost', port: 0 });
  expect(await roundTrip(tcp(server.port))).toBe('hello');
});

it('connects to options', async () => {
  const server = await startServer(echo);
  expect(await roundTrip(tcp({ host: '127.0.0.1', port: server.port }))).toBe('hello');
});

it('connects to an IPv6 address in brackets', async () => {
  const server = await startServer(echo, { host: '::1', port: 0 });
  expect(await roundTrip(tcp(`[::1]:${server.port}`))).toBe('hello');
});

it('connects to a Unix socket, and again once it is lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxpool-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 's');
  const server = await startServer(echo, { path });

  const pool = testPool(tcp({ path }));
  const first = await pool.acquire();
  const lost = nextEvent(pool.events$, 'lost');
  (await server.peer()).destroy();
  expect((await lost).endpoint).toBe(path);

  const second = await pool.acquire();
  const answered = once(second.socket, 'data');
  second.socket.write('hello');
  expect(String((await answered)[0])).toBe('hello');
  expect(first.isOver).toBe(true);
});

it('passes options on to the socket', async () => {
  const server = await startServer(echo);
  const lookedUp: string[] = [];
  const pool = testPool(
    tcp({
      host: 'some.test',
      port: server.port,
      localAddress: '127.0.0.1',
      allowHalfOpen: true,
      lookup: (name, options, callback) => {
        lookedUp.push(name);
        if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      },
    }),
  );
  const { socket } = await pool.acquire();
  expect(lookedUp).toEqual(['some.test']);
  expect(socket.allowHalfOpen).toBe(true);
  expect(socket.localAddress).toBe('127.0.0.1');
});

it('asks for options at each attempt, inside what is retried', async () => {
  const server = await startServer(echo);
  const dead = await refusedPort();
  const ports = [dead, dead, server.port];
  let asked = 0;
  const events$ = endpoint(
    tcp({
      host: () => Promise.resolve('127.0.0.1'),
      port: () => ports[asked++]!,
    }),
    { retry: { delay: 1 } },
  );

  const { socket } = await nextEvent(events$, 'connected');
  expect(socket.remotePort).toBe(server.port);
  expect(asked).toBe(3);
});

it('takes the value that an Observable has at the time of the attempt', async () => {
  const first = await startServer(echo);
  const second = await startServer(echo);
  const port$ = new BehaviorSubject(first.port);
  const pool = testPool(tcp({ host: '127.0.0.1', port: port$ }), { retry: { delay: 1 } });

  const lease = await pool.acquire();
  expect(lease.socket.remotePort).toBe(first.port);
  port$.next(second.port);
  lease.destroy();
  expect((await pool.acquire()).socket.remotePort).toBe(second.port);
});

it('counts an option that cannot be had as a failed attempt', async () => {
  const server = await startServer(echo);
  let asked = 0;
  const events$ = endpoint(
    tcp({
      host: '127.0.0.1',
      port: () => {
        asked++;
        if (asked === 1) throw new Error('no port yet');
        return asked === 2 ? Promise.reject(new Error('still no port')) : server.port;
      },
    }),
    { retry: { delay: 1 } },
  );
  const failed = await nextEvents(events$, 'failed', 2);
  expect(failed.map(({ error }) => (error as Error).message)).toEqual(['no port yet', 'still no port']);
});

it('counts an option that Node refuses as a failed attempt', async () => {
  const events$ = endpoint(tcp({ host: '127.0.0.1', port: () => 70_000 }));
  expect((await nextEvent(events$, 'failed')).error).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
});

it('counts an option that never comes as an attempt that took longer than connectTimeout', async () => {
  const events$ = endpoint(tcp({ address: 'the target', host: '127.0.0.1', port: NEVER, connectTimeout: 20 }));
  const { error } = await nextEvent(events$, 'failed');
  expect(error).toBeInstanceOf(ConnectTimeoutError);
  expect(error).toMatchObject({ info: { address: 'the target', timeout: 20 }, retryable: true });
});

it('counts an option whose Observable completes without a value as a failed attempt, and not as a lost connection', async () => {
  const { error } = await nextEvent(endpoint(tcp({ host: '127.0.0.1', port: EMPTY })), 'failed');
  expect(error).not.toBeInstanceOf(ConnectionLostError);
});

it('can be left at a failed attempt, and connects for whoever comes next', async () => {
  const server = await startServer(echo);
  const ports = [await refusedPort(), server.port];
  const events$ = endpoint(tcp({ host: '127.0.0.1', port: () => ports.shift()! }), { retry: { delay: 1 } });
  await nextEvent(events$, 'failed');
  expect((await nextEvent(events$, 'connected')).socket.remotePort).toBe(server.port);
});

it('tells of a refused attempt with the error of Node', async () => {
  const port = await refusedPort();
  const { error } = await nextEvent(endpoint(tcp(`127.0.0.1:${port}`)), 'failed');
  expect(error).toMatchObject({ code: 'ECONNREFUSED', port });
});

it('leaves a connection alone that is older than connectTimeout', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp({ host: '127.0.0.1', port: server.port, connectTimeout: 20 }));
  const { socket } = await pool.acquire();
  // A second attempt that does run into the same timeout says that the time of the first one has long passed.
  const late = endpoint(tcp({ host: '127.0.0.1', port: NEVER, connectTimeout: 60 }));
  await nextEvent(late, 'failed');
  expect(socket.destroyed).toBe(false);
});
