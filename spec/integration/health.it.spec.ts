import type { Socket } from 'node:net';
import { filter, firstValueFrom, map, take, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';
import { nextEvent, recordEvents, testPool, until } from './pools.js';
import { silent, startServer, type Behaviour } from './servers.js';

/** Answers each line with itself, as long as `isAlive` says so. */
function answering(isAlive: () => boolean): Behaviour {
  return (socket) => {
    socket.on('data', (data: Buffer) => {
      if (isAlive()) socket.write(data);
    });
  };
}

/** Writes a line and waits for the same one. */
function pingBy(transport: ReturnType<typeof tcp>): NonNullable<PoolConfig<Socket>['validate']> {
  return (socket) => {
    socket.write('ping\n');
    return transport.data(socket).pipe(
      lines(),
      take(1),
      map((line) => line === 'ping'),
    );
  };
}

describe('validate', () => {
  it('by a ping over the socket lends it as it was', async () => {
    const server = await startServer(answering(() => true));
    const transport = tcp(server.address);
    const pool = testPool(transport, { max: 1, validate: pingBy(transport), validateAfter: 0 });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    await until(() => (pool.slots[0]?.age ?? 0) > 2);
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    expect([socket.readableFlowing, socket.isPaused(), socket.listenerCount('data')]).toEqual([null, false, 0]);
    const answer = firstValueFrom(next.data$.pipe(lines()));
    socket.write('hello\n');
    expect(await answer).toBe('hello');
    expect(pool.stats.opened).toBe(1);
  });

  it('that waits for a server that hangs costs that connection after hookTimeout, and the borrower gets another', async () => {
    let isAlive = true;
    const server = await startServer(answering(() => isAlive));
    const transport = tcp(server.address);
    const pool = testPool(transport, { max: 1, validate: pingBy(transport), validateAfter: 0, hookTimeout: 50 });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    await until(() => (pool.slots[0]?.age ?? 0) > 2);
    isAlive = false;
    const closed = nextEvent(pool.events$, 'closed');
    const next = await pool.acquire();
    expect(next.socket).not.toBe(socket);
    expect(await closed).toMatchObject({ reason: 'unhealthy' });
    expect(socket.destroyed).toBe(true);
  });

  it('every so often finds out on its own that a server hangs', async () => {
    let isAlive = true;
    let pings = 0;
    const server = await startServer(
      answering(() => {
        pings++;
        return isAlive;
      }),
    );
    const transport = tcp(server.address);
    const pool = testPool(transport, { max: 2, validate: pingBy(transport), validateEvery: 20, hookTimeout: 50 });
    const leases = [await pool.acquire(), await pool.acquire()];
    for (const lease of leases) lease.release();
    await until(() => pings >= 6);
    expect(pool.stats).toMatchObject({ opened: 2, closed: 0 });
    isAlive = false;
    await until(() => pool.stats.owned === 0);
    expect(pool.stats).toMatchObject({ closed: 2, lost: 0 });
  });
});

describe("onIdleData 'keep' with a server that pushes", () => {
  it('gives what has been pushed while idle to the next borrower, and goes on', async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { max: 1, onIdleData: 'keep' });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    const peer = await server.peer();
    peer.write('one\n');
    await until(() => socket.readableLength > 0);
    peer.write('two\n');
    await until(() => socket.readableLength > 4);
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    const heard: string[] = [];
    next.data$.pipe(lines()).subscribe({ next: (line) => heard.push(line), error: () => undefined });
    await until(() => heard.length === 2);
    peer.write('three\n');
    await until(() => heard.length === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(pool.stats.opened).toBe(1);
  });

  it('gives it also to a borrower that reads by the socket itself', async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { max: 1, onIdleData: 'keep' });
    (await pool.acquire()).release();
    const peer = await server.peer();
    const lease = await pool.acquire();
    const { socket } = lease;
    socket.on('data', () => undefined).pause();
    lease.release();
    peer.write('pushed');
    await until(() => pool.stats.idle === 1 && socket.readableLength === 6);
    const next = await pool.acquire();
    let heard = '';
    next.socket.on('data', (data: Buffer) => (heard += data.toString()));
    await until(() => heard === 'pushed');
    expect(next.socket).toBe(socket);
  });

  it('holds a server that pushes without end back, instead of all that it says', async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { max: 1, onIdleData: 'keep' });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    const peer = await server.peer();
    const sent = 8 * 1024 * 1024;
    peer.write(Buffer.alloc(sent));
    await until(() => socket.readableLength >= socket.readableHighWaterMark);
    expect(socket.readableLength).toBeLessThan(sent / 8);
    let heard = 0;
    const next = await pool.acquire();
    next.data$.subscribe({ next: (data) => (heard += data.length), error: () => undefined });
    await until(() => heard === sent);
    expect(next.socket).toBe(socket);
  });

  it('tells the borrower of the end of a server that has pushed and gone', async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { max: 1, onIdleData: 'keep' });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    const peer = await server.peer();
    peer.end('last words');
    await until(() => socket.readableLength > 0);
    const next = await pool.acquire();
    let heard = '';
    let isOver = false;
    next.data$.subscribe({
      next: (data) => (heard += data.toString()),
      error: () => (isOver = true),
      complete: () => (isOver = true),
    });
    await until(() => isOver);
    expect(heard).toBe('last words');
  });
});

describe("onIdleData 'reset' with a server that pushes", () => {
  it('lends another connection', async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { max: 1 });
    const lease = await pool.acquire();
    const { socket } = lease;
    lease.release();
    (await server.peer()).write('out of turn');
    await until(() => socket.readableLength > 0);
    const next = await pool.acquire();
    expect(next.socket).not.toBe(socket);
    expect(pool.stats).toMatchObject({ opened: 2, closed: 1 });
  });
});

describe('clean', () => {
  it('by a command over the socket is waited for, and done before the next borrower', async () => {
    const said: string[] = [];
    const server = await startServer((socket) => {
      socket.on('data', (data: Buffer) => {
        said.push(data.toString().trim());
        socket.write(data);
      });
    });
    const transport = tcp(server.address);
    const pool = testPool(transport, {
      max: 1,
      clean: (socket) => {
        socket.write('reset\n');
        return transport.data(socket).pipe(
          lines(),
          filter((line) => line === 'reset'),
          take(1),
        );
      },
    });
    for (const text of ['one', 'two']) {
      await firstValueFrom(
        pool
          .use((socket, lease) => {
            socket.write(`${text}\n`);
            return lease.data$.pipe(lines(), take(1));
          })
          .pipe(timeout(10_000)),
      );
    }
    await until(() => pool.stats.idle === 1);
    expect(said).toEqual(['one', 'reset', 'two', 'reset']);
    expect(pool.stats.opened).toBe(1);
  });

  it('that waits for a server that hangs costs the connection', async () => {
    const server = await startServer(silent);
    const transport = tcp(server.address);
    const pool = testPool(transport, {
      ...{ max: 1, hookTimeout: 30 },
      clean: (socket) => {
        socket.write('reset\n');
        return transport.data(socket).pipe(take(1));
      },
    });
    const events = recordEvents(pool);
    (await pool.acquire()).release();
    const next = await pool.acquire();
    expect(events).toContainEqual(expect.objectContaining({ type: 'closed', reason: 'unhealthy' }));
    next.destroy();
  });
});
