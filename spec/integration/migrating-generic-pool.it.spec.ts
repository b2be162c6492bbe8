import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createPool as createGenericPool } from 'generic-pool';
import { describe, expect, it } from 'vitest';
import * as after from '../../docs/examples/migrating/generic-pool/borrow-after.js';
import * as before from '../../docs/examples/migrating/generic-pool/borrow-before.js';
import * as overTcp from '../../docs/examples/migrating/generic-pool/borrow-tcp.js';
import * as priorityAfter from '../../docs/examples/migrating/generic-pool/priority-after.js';
import * as priorityBefore from '../../docs/examples/migrating/generic-pool/priority-before.js';
import { ask as useAfter } from '../../docs/examples/migrating/generic-pool/use-after.js';
import { ask as useBefore } from '../../docs/examples/migrating/generic-pool/use-before.js';
import { AcquireTimeoutError, fromFactory, PoolClosedError } from '../../src/index.js';
import { behavesAlike, clientOf, closedWithTest } from './migrating-client.js';
import { nextEvent, testPool, until } from './pools.js';
import { echo, refusedPort, startServer } from './servers.js';

/** The factory of the guide. */
const socketsTo = (port: number): { create(): Promise<Socket>; destroy(socket: Socket): Promise<void> } => ({
  async create() {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  },
  async destroy(socket) {
    if (!socket.destroyed) await once(socket.destroy(), 'close');
  },
});

behavesAlike([
  ['generic-pool', clientOf(before)],
  ['generic-pool, by use', clientOf({ ...before, ask: useBefore })],
  ['rxpool over the same factory', clientOf(after)],
  ['rxpool over the same factory, by use', clientOf({ ...after, ask: useAfter })],
  ['rxpool over tcp', clientOf(overTcp)],
]);

describe('priorities', () => {
  it('generic-pool serves the lowest number first, without a number as 0', async () => {
    const server = await startServer(echo);
    const pool = priorityBefore.openPool(socketsTo(server.port));
    const held = await pool.acquire();
    const served: string[] = [];
    const waiting = [2, 1, undefined].map(async (rank) => {
      const socket = await priorityBefore.acquire(pool, rank);
      served.push(String(rank));
      await pool.release(socket);
    });
    await pool.release(held);
    await Promise.all(waiting);
    expect(served).toEqual(['undefined', '1', '2']);
    await pool.drain();
    await pool.clear();
  });

  it('rxpool does the same with the number negated', async () => {
    const server = await startServer(echo);
    const pool = closedWithTest(priorityAfter.openPool(fromFactory(socketsTo(server.port))));
    const held = await pool.acquire();
    const served: string[] = [];
    const waiting = [2, 1, undefined].map(async (rank) => {
      const lease = await priorityAfter.acquire(pool, rank);
      served.push(String(rank));
      lease.release();
    });
    held.release();
    await Promise.all(waiting);
    expect(served).toEqual(['undefined', '1', '2']);
  });
});

it('after the close both fail a borrow at once', async () => {
  const server = await startServer(echo);
  const old = before.openPool(server.port);
  await before.closePool(old);
  await expect(before.ask(old, 'question')).rejects.toThrow('draining');

  const pool = after.openPool(server.port);
  await after.closePool(pool);
  await expect(after.ask(pool, 'question')).rejects.toBeInstanceOf(PoolClosedError);
});

describe('what is different', () => {
  it('an address that refuses: generic-pool says only that the time is over, rxpool also why', async () => {
    const factory = socketsTo(await refusedPort());
    const old = createGenericPool(factory, { acquireTimeoutMillis: 20 });
    const oldError: unknown = await old.acquire().catch((error: unknown) => error);
    expect(oldError).toMatchObject({ name: 'TimeoutError' });
    expect(oldError).not.toHaveProperty('cause');
    await old.drain();
    await old.clear();

    const pool = testPool(fromFactory(factory), { min: 1 });
    await nextEvent(pool.events$, 'failed');
    const error: unknown = await pool.acquire({ timeout: 0 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AcquireTimeoutError);
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('a second release: generic-pool rejects, in rxpool it does nothing', async () => {
    const server = await startServer(echo);
    const old = createGenericPool(socketsTo(server.port));
    const socket = await old.acquire();
    await old.release(socket);
    await expect(old.release(socket)).rejects.toThrow('not currently part of this pool');
    await old.drain();
    await old.clear();

    const pool = testPool(fromFactory(socketsTo(server.port)));
    const lease = await pool.acquire();
    lease.release();
    const next = await pool.acquire();
    lease.release();
    expect(pool.stats).toMatchObject({ idle: 0, lent: 1, released: 1 });
    next.release();
  });

  it('who waits at the close: generic-pool serves them first, rxpool turns them away', async () => {
    const server = await startServer(echo);
    const old = createGenericPool(socketsTo(server.port), { max: 1 });
    const socket = await old.acquire();
    const served = old.acquire();
    const drained = old.drain();
    await old.release(socket);
    expect(await served).toBe(socket);
    await old.release(socket);
    await drained;
    await old.clear();

    const pool = testPool(fromFactory(socketsTo(server.port)), { max: 1 });
    const lease = await pool.acquire();
    const turnedAway = expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
    const closed = pool.close();
    await turnedAway;
    lease.release();
    await closed;
  });

  it('what is being destroyed counts in rxpool: generic-pool has two open with a max of 1', async () => {
    const server = await startServer(echo);
    let finish: (() => void)[] = [];
    const factory = {
      ...socketsTo(server.port),
      async destroy(socket: Socket) {
        await new Promise<void>((resolve) => finish.push(resolve));
        await once(socket.destroy(), 'close');
      },
    };
    const finishAll = (): void => {
      for (const one of finish) one();
      finish = [];
    };
    const old = createGenericPool(factory, { max: 1 });
    await old.destroy(await old.acquire());
    const second = await old.acquire();
    expect(server.open).toBe(2);
    await old.destroy(second);
    finishAll();
    await old.clear();

    const pool = testPool(fromFactory(factory), { max: 1 });
    (await pool.acquire()).destroy();
    const waiting = pool.acquire();
    await until(() => finish.length === 1);
    expect(pool.stats).toMatchObject({ closing: 1, connecting: 0, waiting: 1 });
    finishAll();
    (await waiting).destroy();
    await until(() => finish.length === 1);
    finishAll();
  });
});
