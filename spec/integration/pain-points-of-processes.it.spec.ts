import type { Socket } from 'node:net';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { lines } from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';
import { runChild } from './children.js';
import { nextEvent, nextEvents, testPool, until } from './pools.js';
import { echo, silent, startServer } from './servers.js';

describe('pain points of other pools', () => {
  it("3: an 'error' that nobody listens to ends the process", async () => {
    const server = await startServer(silent);
    const pool = testPool(tcp(server.address), { min: 3 });
    await pool.ready();
    const { socket } = await pool.acquire();
    const lost = nextEvents(pool.events$, 'lost', 3);
    const refused = nextEvent(pool.events$, 'failed');
    await server.kill();
    expect(await lost).toHaveLength(3);
    expect((await refused).error).toMatchObject({ code: 'ECONNREFUSED' });
    // Without a listener this throws.
    socket.emit('error', new Error('late'));
    expect(pool.status.state).toBe('down');
  });

  it('6: an idle pool that nobody closes keeps the process alive', async () => {
    const server = await startServer(echo);
    expect(await runChild('idle', server.address)).toEqual({ code: 0, stdout: 'idle', stderr: '' });
  });

  it('13: closing is done before everything has closed', async () => {
    const server = await startServer((socket) => socket.resume().on('end', () => socket.end()));
    const pool = testPool(tcp(server.address), { max: 3 });
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    const sockets = leases.map(({ socket }) => socket);
    leases[0].release();
    leases[1].destroy();
    let told = 0;
    for (const socket of sockets) socket.prependListener('close', () => told++);
    const report = pool.close();
    leases[2].release();
    await report;
    expect([told, sockets.map(({ closed }) => closed)]).toEqual([3, [true, true, true]]);
    await until(() => server.open === 0);
  });

  it('22: an address is looked up once, and its server is never found again after it has moved', async () => {
    const [before, after] = [await startServer(echo), await startServer(echo)];
    let { port } = before;
    const transport = tcp({ host: async () => '127.0.0.1', port: () => port });
    const pool = testPool(transport, { retry: { delay: 1 } });
    const ask = async (text: string): Promise<string> =>
      firstValueFrom(
        pool.use((socket: Socket, lease) => {
          socket.write(`${text}\n`);
          return lease.data$.pipe(lines(), take(1));
        }),
      );
    expect(await ask('here')).toBe('here');
    ({ port } = after);
    await before.kill();
    await until(() => pool.stats.owned === 0);
    expect(await ask('there')).toBe('there');
    expect([before.accepted, after.accepted]).toEqual([1, 1]);
  });

  it('26: an address that could not be had once ends reconnecting', async () => {
    const server = await startServer(echo);
    const ports: (() => unknown)[] = [
      async () => Promise.reject(new Error('no address')),
      () => {
        throw new Error('no address at all');
      },
      () => server.port,
    ];
    const pool = testPool(tcp({ host: '127.0.0.1', port: () => ports.shift()!() as number }), { retry: { delay: 1 } });
    const lease = await pool.acquire();
    expect([lease.socket.remotePort, pool.stats.failed]).toEqual([server.port, 2]);
    lease.release();
  });
});
