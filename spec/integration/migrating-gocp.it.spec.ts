import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { close } from '../../docs/examples/migrating/gocp/close-after.js';
import { ask as askByLease } from '../../docs/examples/migrating/gocp/lease-after.js';
import { ask, openPool } from '../../docs/examples/migrating/gocp/pool-after.js';
import { openPool as openSame } from '../../docs/examples/migrating/gocp/same-after.js';
import { ConnectionLostError, PoolClosedError } from '../../src/index.js';
import { closedWithTest } from './migrating-client.js';
import { nextEvent, until } from './pools.js';
import { echo, refusedPort, startServer } from './servers.js';

describe('what gocp does, with rxpool', () => {
  it('only the address is needed', async () => {
    const server = await startServer(echo);
    const pool = closedWithTest(openPool(server.address));
    expect(await firstValueFrom(ask(pool, 'hello'))).toBe('hello');
    expect(await askByLease(pool, 'again')).toBe('again');
    expect(server.accepted).toBe(1);
  });

  it('five connections are opened at once, kept, and lent in turn', async () => {
    const server = await startServer(echo);
    const pool = closedWithTest(openSame(server.address, { print: () => undefined }));
    await pool.ready();
    await until(() => server.accepted === 5);
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 5; i++) {
      const lease = await pool.acquire();
      ports.add(lease.socket.localPort);
      lease.release();
    }
    expect(ports.size).toBe(5);
  });

  it('an error goes to the logger', async () => {
    const server = await startServer(echo);
    const lines: string[] = [];
    const pool = closedWithTest(openSame(server.address, { print: (line) => lines.push(line) }));
    await pool.ready();
    (await server.peer()).resetAndDestroy();
    await until(() => lines.some((line) => line.includes('ECONNRESET')));
    expect(pool.stats).toMatchObject({ lost: 1, idle: 4 });
  });

  it('an address that refuses goes to the logger, too', async () => {
    const lines: string[] = [];
    closedWithTest(openSame(`127.0.0.1:${await refusedPort()}`, { print: (line) => lines.push(line) }));
    await until(() => lines.some((line) => line.includes('ECONNREFUSED')));
  });

  it('the close leaves what is lent to its borrower', async () => {
    const server = await startServer(echo);
    const pool = openPool(server.address);
    const [kept, back] = [await pool.acquire(), await pool.acquire()];
    back.release();
    const { socket } = kept;
    expect(await close(pool)).toBe(1);
    await until(() => server.open === 1);
    socket.write('still here\n');
    expect(String(await firstValueFrom(kept.data$))).toBe('still here\n');
    kept.release();
    await until(() => server.open === 0);
  });
});

describe('what is different from gocp', () => {
  it('a lease ends with its connection, and what is asked next goes to another lease', async () => {
    const server = await startServer((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const pool = closedWithTest(openPool(server.address));
    const lease = await pool.acquire();
    const lost = firstValueFrom(lease.lost$);
    lease.socket.write('question\n');
    expect(await lost).toBeInstanceOf(ConnectionLostError);
    lease.release();
    const next = await pool.acquire();
    expect(pool.stats).toMatchObject({ lent: 1, released: 0, lost: 1 });
    next.destroy();
  });

  it('what nobody has read is not read by the next borrower', async () => {
    const server = await startServer((socket) => void socket.once('data', () => socket.write('an answer\n')));
    const pool = closedWithTest(openPool(server.address));
    const lease = await pool.acquire();
    const { socket } = lease;
    const closed = nextEvent(pool.events$, 'closed');
    socket.write('question\n');
    await until(() => socket.readableLength > 0);
    lease.release();
    await closed;
    const next = await pool.acquire();
    expect(next.socket).not.toBe(socket);
    next.release();
  });

  it('after the close a borrow fails at once', async () => {
    const pool = openSame(`127.0.0.1:${await refusedPort()}`, { print: () => undefined });
    await pool.close();
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
  });
});
