import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Pool, TimeoutError } from 'tarn';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as abortAfter from '../../docs/examples/migrating/tarn/abort-after.js';
import * as abortBefore from '../../docs/examples/migrating/tarn/abort-before.js';
import * as after from '../../docs/examples/migrating/tarn/borrow-after.js';
import * as before from '../../docs/examples/migrating/tarn/borrow-before.js';
import { watch as watchAfter } from '../../docs/examples/migrating/tarn/watch-after.js';
import { watch as watchBefore } from '../../docs/examples/migrating/tarn/watch-before.js';
import { fromFactory, PoolClosedError } from '../../src/index.js';
import { behavesAlike, clientOf } from './migrating-client.js';
import { nextEvent, testPool, until } from './pools.js';
import { echo, refusedPort, startServer } from './servers.js';

behavesAlike([
  ['tarn', clientOf(before)],
  ['rxpool over the same factory', clientOf(after)],
]);

describe('leaving the queue', () => {
  it('tarn: the promise rejects, and the next one is served', async () => {
    const server = await startServer(echo);
    const pool = before.openPool(server.port);
    onTestFinished(() => before.closePool(pool));
    const held = [await pool.acquire().promise, await pool.acquire().promise];
    const leaving = new AbortController();
    const left = abortBefore.acquire(pool, leaving.signal);
    const next = abortBefore.acquire(pool, new AbortController().signal);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    pool.release(held[0]!);
    expect(await next).toBe(held[0]);
    for (const socket of held) pool.release(socket);
  });

  it('rxpool: the same, with the reason of the signal', async () => {
    const server = await startServer(echo);
    const pool = after.openPool(server.port);
    onTestFinished(() => after.closePool(pool));
    const held = [await pool.acquire(), await pool.acquire()];
    const { socket } = held[0]!;
    const leaving = new AbortController();
    const left = abortAfter.acquire(pool, leaving.signal);
    const next = abortAfter.acquire(pool, new AbortController().signal);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    held[0]!.release();
    const lease = await next;
    expect(lease.socket).toBe(socket);
    for (const one of [lease, held[1]!]) one.release();
  });
});

describe('watching', () => {
  it.each([
    [
      'tarn',
      async (port: number, log: (line: string) => void) => {
        const pool = before.openPool(port);
        watchBefore(pool, log);
        await before.ask(pool, 'question');
        await before.closePool(pool);
      },
    ],
    [
      'rxpool',
      async (port: number, log: (line: string) => void) => {
        const pool = after.openPool(port);
        watchAfter(pool, log);
        await after.ask(pool, 'question');
        await after.closePool(pool);
      },
    ],
  ])('%s tells of the life of a socket', async (_name, run) => {
    const server = await startServer(echo);
    const lines: string[] = [];
    await run(server.port, (line) => lines.push(line));
    expect(lines).toEqual(['opened', 'lent', 'back', 'closed']);
  });
});

describe('what is different', () => {
  const factory = (port: number): { create(): Promise<Socket>; destroy(socket: Socket): Promise<void> } => ({
    async create() {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    async destroy(socket) {
      if (!socket.destroyed) await once(socket.destroy(), 'close');
    },
  });

  it('acquire after the close: tarn waits for its time to be over, rxpool fails at once', async () => {
    const server = await startServer(echo);
    const old = new Pool({ ...factory(server.port), min: 0, max: 1, acquireTimeoutMillis: 20 });
    await old.destroy();
    await expect(old.acquire().promise).rejects.toThrow('timed out');

    const pool = testPool(fromFactory(factory(server.port)), { max: 1, acquireTimeout: Infinity });
    await pool.close();
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
  });

  it('an address that refuses: tarn keeps the message of the failure, rxpool the failure itself', async () => {
    const port = await refusedPort();
    const old = new Pool({ ...factory(port), min: 0, max: 1, acquireTimeoutMillis: 20 });
    onTestFinished(async () => {
      await old.destroy();
    });
    const oldError: unknown = await old.acquire().promise.catch((error: unknown) => error);
    expect(oldError).toBeInstanceOf(TimeoutError);
    expect(oldError).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') as string });
    expect(oldError).not.toHaveProperty('code');

    const pool = testPool(fromFactory(factory(port)), { min: 1 });
    await nextEvent(pool.events$, 'failed');
    await expect(pool.acquire({ timeout: 0 })).rejects.toMatchObject({
      code: 'RXPOOL_ACQUIRE_TIMEOUT',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('min: tarn keeps that many of those it has opened, rxpool opens them and replaces what is lost', async () => {
    const server = await startServer(echo);
    const old = new Pool({ ...factory(server.port), min: 1, max: 2 });
    expect(old.numFree()).toBe(0);
    await old.destroy();
    expect(server.accepted).toBe(0);

    const pool = testPool(fromFactory(factory(server.port)), { min: 1, max: 2 });
    await pool.ready();
    (await pool.acquire()).destroy();
    await until(() => server.accepted === 2);
    await pool.ready();
    expect(pool.stats.idle).toBe(1);
  });
});
