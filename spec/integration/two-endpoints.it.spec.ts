import type { Socket } from 'node:net';
import { firstValueFrom, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Pool, Transport } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { tcp, tls } from '../../src/tcp/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { nextEvent, testPool, until } from './pools.js';
import { echo, refusedPort, silent, startServer } from './servers.js';

/** The port that has answered. */
async function ask(pool: Pool<Socket, Buffer>): Promise<number | undefined> {
  return firstValueFrom(
    pool.use((socket, lease) => {
      const { remotePort } = socket;
      socket.write('hello\n');
      return lease.data$.pipe(
        lines(),
        take(1),
        map(() => remotePort),
      );
    }),
  );
}

const askAll = async (pool: Pool<Socket, Buffer>, count: number): Promise<(number | undefined)[]> =>
  Promise.all(Array.from({ length: count }, async () => ask(pool)));

describe.each<[string, () => Promise<Transport<Socket, Buffer>>]>([
  ['refuses', async () => tcp(`127.0.0.1:${await refusedPort()}`)],
  [
    'never answers the handshake',
    async () => tls({ host: '127.0.0.1', port: (await startServer(silent)).port, connectTimeout: 30 }),
  ],
])('of two endpoints where one %s', (_what, dead) => {
  it('the other serves all borrowers, without any of them waiting for a delay of the dead one', async () => {
    const server = await startServer(echo);
    // Its time stands still: whoever waited for a retry would wait for ever.
    const clock = new VirtualClock();
    const pool = testPool<Socket, Buffer>([await dead(), tcp(server.address)], { max: 4, clock });
    expect(await askAll(pool, 20)).toEqual(Array.from({ length: 20 }, () => server.port));
    await until(() => pool.status.state === 'degraded');
    expect(await askAll(pool, 20)).toEqual(Array.from({ length: 20 }, () => server.port));
  });

  it('the other gets the whole of max', async () => {
    const server = await startServer(echo);
    const clock = new VirtualClock();
    const pool = testPool<Socket, Buffer>([await dead(), tcp(server.address)], { max: 4, clock });
    const leases = await Promise.all(Array.from({ length: 4 }, async () => pool.acquire()));
    expect(leases.map(({ socket }) => socket.remotePort)).toEqual([1, 2, 3, 4].map(() => server.port));
  });
});

it('a probe of the dead one that gets no answer does not keep a borrower from the other', async () => {
  const steady = await startServer(echo);
  const unanswering = await startServer(silent);
  const ports = [await refusedPort()];
  const dead = tls({ host: '127.0.0.1', port: () => ports.shift() ?? unanswering.port, connectTimeout: Infinity });
  const clock = new VirtualClock();
  const pool = testPool<Socket, Buffer>([dead, tcp(steady.address)], { max: 2, clock });
  expect(await ask(pool)).toBe(steady.port);
  await until(() => pool.stats.failed === 1);
  clock.advance(1_000);
  await unanswering.peer();

  const leases = await Promise.all([pool.acquire(), pool.acquire()]);
  expect(leases.map(({ socket }) => socket.remotePort)).toEqual([steady.port, steady.port]);
});

it('borrows go round the endpoints that are up', async () => {
  const servers = [await startServer(echo), await startServer(echo)] as const;
  const pool = testPool(servers.map(({ address }) => tcp(address)));
  const leases = await Promise.all(Array.from({ length: 4 }, async () => pool.acquire()));
  expect(leases.map(({ socket }) => socket.remotePort)).toEqual([0, 1, 0, 1].map((i) => servers[i]?.port));
  for (const lease of leases) lease.release();
  const ports = [await ask(pool), await ask(pool), await ask(pool), await ask(pool)];
  expect(ports.filter((port) => port === servers[0].port)).toHaveLength(2);
});

it('an endpoint that comes back is used again', async () => {
  const port = await refusedPort();
  const steady = await startServer(echo);
  const pool = testPool([tcp(`127.0.0.1:${port}`), tcp(steady.address)], { retry: { delay: 1, resetAfter: 0 } });
  expect(await askAll(pool, 8)).toEqual(Array.from({ length: 8 }, () => steady.port));
  await startServer(echo, { host: '127.0.0.1', port });
  // Nobody has to borrow for its return to be noticed.
  const opened = nextEvent(pool.events$, 'opened');
  expect((await opened).endpoint).toBe(`127.0.0.1:${port}`);
  expect(pool.status.state).toBe('up');
  expect(await askAll(pool, 8)).toContain(port);
});

it('when one of two servers is killed, the other serves on', async () => {
  const killed = await startServer(echo);
  const steady = await startServer(echo);
  const pool = testPool([tcp(killed.address), tcp(steady.address)], { max: 4, clock: new VirtualClock() });
  const ports = await askAll(pool, 20);
  expect(new Set(ports)).toEqual(new Set([killed.port, steady.port]));
  await killed.kill();
  await until(() => pool.status.state === 'degraded');
  expect(await askAll(pool, 20)).toEqual(Array.from({ length: 20 }, () => steady.port));
});
