import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as dialer from '../../docs/examples/migrating/connpool/dialer-after.js';
import { ask, openResource } from '../../docs/examples/migrating/connpool/get-after.js';
import { openResource as openInProcess } from '../../docs/examples/migrating/connpool/process-after.js';
import { scheduleClose } from '../../docs/examples/migrating/connpool/schedule-close-after.js';
import { probe } from '../../docs/examples/migrating/connpool/shared-after.js';
import { BudgetExceededError, budget, LeaseEndedError, type Budget, type Pool } from '../../src/index.js';
import { processBudget } from '../../src/node/index.js';
import { tcp } from '../../src/tcp/index.js';
import { closedWithTest } from './migrating-client.js';
import { until } from './pools.js';
import { echo, refusedPort, startServer, type TestServer } from './servers.js';

/** A server, and the resource for it, closed with the test. */
async function resource(sockets: Budget): Promise<{ server: TestServer; pool: Pool<Socket, Buffer> }> {
  const server = await startServer(echo);
  return { server, pool: closedWithTest(openResource(server.address, sockets)) };
}

/** A server that says nothing and closes only when told. */
async function stubborn(sockets: Budget): Promise<{ server: TestServer; pool: Pool<Socket, Buffer> }> {
  const server = await startServer((socket) => void socket.resume());
  return { server, pool: closedWithTest(openResource(server.address, sockets)) };
}

describe('what connpool does, with rxpool', () => {
  it('Get and Put: one connection to each address, used again', async () => {
    const sockets = budget({ limit: 10 });
    const { server, pool } = await resource(sockets);
    expect(await Promise.all(['a', 'b', 'c'].map((question) => ask(pool, question)))).toEqual(['a', 'b', 'c']);
    expect(server.accepted).toBe(1);
    expect(sockets.picture).toMatchObject({ used: 1, waiting: 0 });
  });

  it('Close: the next borrower gets a new connection', async () => {
    const { server, pool } = await resource(budget({ limit: 10 }));
    const lease = await pool.acquire();
    lease.destroy();
    lease.release();
    expect(await ask(pool, 'question')).toBe('question');
    expect(server.accepted).toBe(2);
  });

  it('more addresses than sockets: idle connections of others are closed to make room', async () => {
    const sockets = budget({ limit: 2 });
    const resources = [await resource(sockets), await resource(sockets), await resource(sockets)];
    for (let round = 0; round < 3; round++) {
      for (const { pool } of resources) {
        expect(await ask(pool, 'question')).toBe('question');
        expect(sockets.picture.used).toBeLessThanOrEqual(2);
      }
    }
  });

  it('a cancelled Get: the error tells who has the sockets', async () => {
    const sockets = budget({ limit: 1 });
    const [one, other] = [await resource(sockets), await resource(sockets)];
    const lease = await one.pool.acquire();
    const cancel = new AbortController();
    const asked = ask(other.pool, 'question', cancel.signal);
    cancel.abort();
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect((error as BudgetExceededError).info.budget).toMatchObject({ limit: 1, used: 1 });
    lease.release();
    expect(await ask(other.pool, 'question')).toBe('question');
  });

  it('other code takes part in the budget', async () => {
    const sockets = budget({ limit: 1 });
    const { server, pool } = await resource(sockets);
    const lease = await pool.acquire();
    const probed = probe(server.port, sockets);
    expect(sockets.picture).toMatchObject({ used: 1, waiting: 1 });
    lease.release();
    expect(await probed).toBe(true);
    expect(await probe(await refusedPort(), sockets)).toBe(false);
    expect(await ask(pool, 'question')).toBe('question');
  });

  it('GetWithDialer: a connection is lent to those only who have asked for its kind', async () => {
    const [plain, secure] = [await startServer(echo), await startServer(echo)];
    // Two plain ones will do: what counts is which of them is used.
    const both = dialer.openResource(tcp(plain.address), tcp(secure.address), budget({ limit: 2 }));
    closedWithTest(both.pool);
    const first = await dialer.get(both, false);
    expect(first.socket.remotePort).toBe(plain.port);
    first.release();
    const second = await dialer.get(both, true);
    expect(second.socket.remotePort).toBe(secure.port);
    second.release();
    expect(both.pool.stats).toMatchObject({ idle: 2, opened: 2 });
  });

  it('ScheduleClose: now if idle, else at the end of the loan', async () => {
    const { server, pool } = await resource(budget({ limit: 10 }));
    await ask(pool, 'first');
    scheduleClose(pool);
    await until(() => server.open === 0);

    const lease = await pool.acquire();
    scheduleClose(pool);
    lease.socket.write('still mine\n');
    expect(String(await firstValueFrom(lease.data$))).toBe('still mine\n');
    lease.release();
    await until(() => server.open === 0);
    expect(server.accepted).toBe(2);
  });

  it('the budget of the process is one, and follows from its limit of open files', async () => {
    const server = await startServer(echo);
    const pool = openInProcess(server.address);
    expect(processBudget().picture.limit).toBeGreaterThan(0);
    expect(await ask(pool, 'question')).toBe('question');
    expect(processBudget().picture).toMatchObject({ used: 1 });
    await pool.close();
    expect(processBudget().picture).toMatchObject({ used: 0 });
  });
});

describe('a fault of connpool that is not here', () => {
  it('a scheduled close is remembered', async () => {
    const { server, pool } = await resource(budget({ limit: 10 }));
    const lease = await pool.acquire();
    scheduleClose(pool);
    lease.release();
    await until(() => pool.stats.owned === 0);

    const next = await pool.acquire();
    const { socket } = next;
    next.release();
    const again = await pool.acquire();
    expect(again.socket).toBe(socket);
    again.release();
    expect(server.accepted).toBe(2);
  });

  it('no free resource to release', async () => {
    const sockets = budget({ limit: 1 });
    const [closing, other] = [await stubborn(sockets), await resource(sockets)];
    (await closing.pool.acquire()).release();
    const peer = await closing.server.peer();
    closing.pool.free();
    const asked = ask(other.pool, 'question');
    expect(closing.pool.stats.closing).toBe(1);
    expect(other.pool.stats).toMatchObject({ connecting: 0, waiting: 1 });
    peer.end();
    expect(await asked).toBe('question');
    expect(sockets.picture).toMatchObject({ used: 1, waiting: 0 });
  });

  it('a late close clears the new connection', async () => {
    const { server, pool } = await stubborn(budget({ limit: 10 }));
    (await pool.acquire()).release();
    const peer = await server.peer();
    pool.free();
    const waiting = pool.acquire();
    expect(pool.stats).toMatchObject({ closing: 1, connecting: 0, waiting: 1 });
    peer.end();
    const lease = await waiting;
    expect(pool.stats).toMatchObject({ closing: 0, lent: 1, closed: 1 });
    (await server.peer()).write('new\n');
    expect(String(await firstValueFrom(lease.data$))).toBe('new\n');
    lease.destroy();
  });

  it('a stale handle works again', async () => {
    const { pool } = await resource(budget({ limit: 10 }));
    const stale = await pool.acquire();
    const { socket } = stale;
    stale.release();
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);

    expect(() => stale.socket).toThrow(LeaseEndedError);
    stale.release();
    stale.destroy();
    expect(pool.stats).toMatchObject({ lent: 1, released: 1, destroyed: 0 });
    next.socket.write('mine\n');
    expect(String(await firstValueFrom(next.data$))).toBe('mine\n');
    next.release();
  });

  it('a limit of open files under 50 underflows', async () => {
    const script = fileURLToPath(new URL('./children/migrating-connpool-limit.ts', import.meta.url));
    const command = `ulimit -n 49 && exec "${process.execPath}" --import tsx "${script}"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, NODE_OPTIONS: '' } });
    const limit = Number(stdout);
    expect(limit).toBe(1);

    const sockets = budget({ limit });
    const [one, other] = [await resource(sockets), await resource(sockets)];
    expect(await ask(one.pool, 'question')).toBe('question');
    expect(await ask(other.pool, 'question')).toBe('question');
  });
});
