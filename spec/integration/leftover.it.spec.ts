import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { Lease, Pool, PoolConfig } from '../../src/index.js';
import { tcp, tls } from '../../src/tcp/index.js';
import { certificateFor } from './certificates.js';
import { recordEvents, testPool, until } from './pools.js';
import { echo, startServer, startTlsServer } from './servers.js';

const foreign = (): void => undefined;

async function poolOfOne(config: PoolConfig<Socket> = {}): Promise<Pool<Socket, Buffer>> {
  const server = await startServer(echo);
  return testPool(tcp(server.address), { max: 1, ...config });
}

/** Writes a line and takes the echo with a listener that stays. */
async function talk(socket: Socket): Promise<void> {
  let heard = 0;
  socket.on('data', (data: Buffer) => (heard += data.length));
  socket.write('hello');
  await until(() => heard === 5);
}

it('tells of the listeners that a borrower has left, with the endpoint and the slot', async () => {
  const pool = await poolOfOne();
  const lease = await pool.acquire();
  const { socket } = lease;
  await talk(socket);
  socket.on('drain', foreign).setTimeout(60_000, foreign);
  const events = recordEvents(pool);
  lease.release();
  expect(events.filter(({ type }) => type === 'leftover')).toEqual([
    {
      ...{ type: 'leftover', listeners: ['data', 'drain', 'timeout'] },
      ...{ endpoint: pool.endpoints[0]!.address, slot: 0, at: expect.any(Number) as unknown },
    },
  ]);
  expect((await pool.acquire()).socket).toBe(socket);
  expect(['data', 'drain', 'timeout'].map((name) => socket.listenerCount(name))).toEqual([0, 0, 0]);
});

it.each<[string, (lease: Lease<Socket, Buffer>) => unknown]>([
  ['does nothing', foreign],
  [
    'reads by data$',
    async ({ socket, data$ }) => {
      let heard = 0;
      const reading = data$.subscribe({ next: (data) => (heard += data.length), error: foreign });
      socket.write('hello');
      await until(() => heard === 5);
      reading.unsubscribe();
    },
  ],
  ['leaves its subscription to data$', ({ data$ }) => void data$.subscribe({ error: foreign })],
  ['takes away what it has added', ({ socket }) => socket.on('drain', foreign).off('drain', foreign)],
  [
    'waits once for what has come',
    async ({ socket }) => {
      let isHeard = false;
      socket.once('data', () => (isHeard = true));
      socket.write('hello');
      await until(() => isHeard);
    },
  ],
])('tells nothing of a borrower that %s', async (_name, act) => {
  const pool = await poolOfOne();
  const events = recordEvents(pool);
  const lease = await pool.acquire();
  const { socket } = lease;
  await act(lease);
  lease.release();
  expect(events.filter(({ type }) => type === 'leftover')).toEqual([]);
  expect((await pool.acquire()).socket).toBe(socket);
});

it('tells of each loan for itself', async () => {
  const pool = await poolOfOne();
  const events = recordEvents(pool);
  for (const name of ['drain', 'mine', 'timeout']) {
    const lease = await pool.acquire();
    lease.socket.on(name, foreign);
    lease.release();
  }
  const told = events.flatMap((event) => (event.type === 'leftover' ? [event.listeners] : []));
  expect(told).toEqual([['drain'], ['mine'], ['timeout']]);
  expect(pool.stats.opened).toBe(1);
});

it('never warns of too many listeners, however many borrowers leave theirs', async () => {
  const pool = await poolOfOne();
  for (let i = 0; i < 30; i++) {
    const lease = await pool.acquire();
    lease.socket.on('error', foreign).on('close', foreign).on('drain', foreign);
    lease.release();
  }
  expect(pool.stats.opened).toBe(1);
});

it('keeps what prepare has left, and does not lend again what lacks it', async () => {
  const onTimeout = (): void => undefined;
  const pool = await poolOfOne({
    prepare: (socket) => {
      socket.on('timeout', onTimeout).setTimeout(40_000);
      return undefined;
    },
  });
  const lease = await pool.acquire();
  const { socket } = lease;
  socket.on('timeout', foreign).setTimeout(1_000_000);
  lease.release();
  const second = await pool.acquire();
  expect([second.socket === socket, socket.timeout, socket.listeners('timeout')]).toEqual([true, 40_000, [onTimeout]]);
  socket.removeAllListeners('timeout');
  second.release();
  expect((await pool.acquire()).socket).not.toBe(socket);
});

it('leaves nothing of clean to the next borrower, whatever it does to the socket', async () => {
  let cleaned = 0;
  const pool = await poolOfOne({
    clean: async (socket) => {
      await talk(socket);
      socket.setTimeout(50_000);
      socket.pause();
      cleaned++;
    },
  });
  const lease = await pool.acquire();
  const { socket } = lease;
  const names = socket.eventNames();
  await talk(socket);
  lease.release();
  const next = await pool.acquire();
  expect([next.socket === socket, cleaned]).toEqual([true, 1]);
  expect([socket.eventNames(), socket.timeout ?? 0, socket.isPaused(), socket.readableFlowing]).toEqual([
    names,
    0,
    false,
    null,
  ]);
  await talk(socket);
});

it('is so over TLS, too', async () => {
  const certificate = await certificateFor('localhost');
  const server = await startTlsServer(echo, certificate, { host: 'localhost', port: 0 });
  const pool = testPool(tls({ host: 'localhost', port: server.port, ca: certificate.cert }), { max: 1 });
  const events = recordEvents(pool);
  const lease = await pool.acquire();
  const { socket } = lease;
  await talk(socket);
  lease.release();
  const next = await pool.acquire();
  expect(next.socket).toBe(socket);
  next.release();
  const third = await pool.acquire();
  expect(third.socket).toBe(socket);
  expect(events.flatMap((event) => (event.type === 'leftover' ? [event.listeners] : []))).toEqual([['data']]);
});
