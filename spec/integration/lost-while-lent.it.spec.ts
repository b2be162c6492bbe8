import type { Socket } from 'node:net';
import { defer, firstValueFrom, lastValueFrom, NEVER, retry, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, LeaseEndedError, type Lease, type Pool } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';
import { recordEvents, testPool, until } from './pools.js';
import { echo, silent, startServer, type TestServer } from './servers.js';

async function lent(): Promise<{
  server: TestServer;
  pool: Pool<Socket, Buffer>;
  lease: Lease<Socket, Buffer>;
  peer: Socket;
}> {
  const server = await startServer(silent);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  return { server, pool, lease, peer: await server.peer() };
}

describe.each<[string, (peer: Socket) => unknown]>([
  ['ends', (peer) => peer.end()],
  ['resets', (peer) => peer.resetAndDestroy()],
])('when the peer %s under a borrower', (_how, close) => {
  it('lost$ emits the loss and completes', async () => {
    const { lease, peer } = await lent();
    const losses = lastValueFrom(lease.lost$.pipe(toArray()));
    close(peer);
    expect(await losses).toEqual([expect.any(ConnectionLostError)]);
  });

  it('lost$ tells it also to whoever asks later', async () => {
    const { lease, peer } = await lent();
    const first = firstValueFrom(lease.lost$);
    close(peer);
    const error = await first;
    expect(await firstValueFrom(lease.lost$)).toBe(error);
  });

  it('use errors with ConnectionLostError', async () => {
    const { pool, lease, peer } = await lent();
    lease.release();
    const used = firstValueFrom(pool.use(() => NEVER));
    await until(() => pool.stats.lent === 1);
    const events = recordEvents(pool);
    close(peer);
    await expect(used).rejects.toBeInstanceOf(ConnectionLostError);
    expect(events.map(({ type }) => type)).toEqual(['lost']);
  });

  it('the slot is free for a waiter, who gets a new socket', async () => {
    const { pool, lease, peer } = await lent();
    const { socket } = lease;
    const waiting = pool.acquire();
    close(peer);
    expect((await waiting).socket).not.toBe(socket);
    expect(pool.stats).toMatchObject({ owned: 1, lent: 1, lost: 1 });
  });

  it('release and destroy do nothing any more', async () => {
    const { pool, lease, peer } = await lent();
    const lost = firstValueFrom(lease.lost$);
    close(peer);
    await lost;
    const events = recordEvents(pool);
    lease.release();
    lease.destroy();
    expect(events).toEqual([]);
    expect(pool.stats).toMatchObject({ owned: 0, released: 0, destroyed: 0 });
    expect(() => lease.socket).toThrow(LeaseEndedError);
  });
});

it('tells the cause of a reset to use, data$ and lost$', async () => {
  const { lease, peer } = await lent();
  const told = Promise.allSettled([firstValueFrom(lease.lost$), lastValueFrom(lease.data$)]);
  peer.resetAndDestroy();
  const [lost, data] = await told;
  const error = { code: 'RXPOOL_CONNECTION_LOST', cause: { code: 'ECONNRESET' } };
  expect(lost).toMatchObject({ status: 'fulfilled', value: error });
  expect(data).toMatchObject({ status: 'rejected', reason: error });
});

it('completes a project that reads until the end, and does not lend its socket again', async () => {
  const server = await startServer((socket) => socket.once('data', () => socket.end('a\nb\nc')));
  const pool = testPool(tcp(server.address), { max: 1 });
  const ask = pool.use((socket, lease) => {
    socket.write('all of it');
    return lease.data$.pipe(lines(), toArray());
  });
  expect(await lastValueFrom(ask)).toEqual(['a', 'b', 'c']);
  expect(await lastValueFrom(ask)).toEqual(['a', 'b', 'c']);
  expect(server.accepted).toBe(2);
  expect(pool.stats).toMatchObject({ released: 2, opened: 2 });
});

it('runs a project again on another socket when retry stands behind it', async () => {
  let asked = 0;
  const server = await startServer((socket) => {
    socket.on('data', (data: Buffer) => {
      asked++;
      if (asked < 3) socket.resetAndDestroy();
      else socket.write(data);
    });
  });
  const pool = testPool(tcp(server.address), { max: 1, retry: { delay: 1 } });
  const answer = pool
    .use((socket, lease) => {
      socket.write('hello\n');
      return lease.data$.pipe(lines(), take(1));
    })
    .pipe(retry({ count: 5 }));
  expect(await firstValueFrom(answer)).toBe('hello');
  expect(pool.stats).toMatchObject({ lost: 2, opened: 3 });
});

it('gives every borrower a socket that lives, when all the lent ones are lost at once', async () => {
  const first = await startServer(echo);
  const pool = testPool(tcp(first.address), { max: 4, retry: { delay: 1, resetAfter: 0 } });
  const leases = await Promise.all(Array.from({ length: 4 }, async () => pool.acquire()));
  const losses = Promise.all(leases.map(async (lease) => firstValueFrom(lease.lost$)));
  const peers = await Promise.all(leases.map(async () => first.peer()));
  for (const peer of peers) peer.resetAndDestroy();
  await losses;

  const answers = Array.from({ length: 8 }, async (_, i) =>
    firstValueFrom(
      pool.use((socket, lease) => {
        socket.write(`${i}\n`);
        return lease.data$.pipe(lines(), take(1));
      }),
    ),
  );
  expect(await Promise.all(answers)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});

it('keeps a socket whose project answered before its consumer left, and no other', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1 });
  const ask = (answers: number): Promise<string> =>
    firstValueFrom(
      pool.use((socket, lease) => {
        socket.write('one\ntwo\n');
        return defer(() => lease.data$.pipe(lines(), take(answers)));
      }),
    );
  expect(await ask(2)).toBe('one');
  await until(() => pool.stats.lent === 0);
  expect(pool.stats).toMatchObject({ released: 1, destroyed: 0 });
  expect(await ask(3)).toBe('one');
  await until(() => pool.stats.lent === 0);
  expect(pool.stats).toMatchObject({ released: 1, destroyed: 1 });
});
