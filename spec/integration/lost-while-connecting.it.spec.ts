import { expect, it } from 'vitest';
import { tcp, tls } from '../../src/tcp/index.js';
import { nextEvent, recordEvents, testPool } from './pools.js';
import { echo, refusedPort, silent, startServer } from './servers.js';

it('takes a server that is killed in the middle of a TLS handshake for a failed attempt', async () => {
  const server = await startServer(silent);
  const pool = testPool(tls(server.address), { retry: { count: 0 } });
  const events = recordEvents(pool);
  const acquired = pool.acquire().catch((error: unknown) => error);
  await server.peer();
  await server.kill();
  expect(await acquired).toMatchObject({ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: { code: 'ECONNRESET' } });
  expect(events.map(({ type }) => type)).toEqual(['queued', 'connecting', 'failed']);
  expect(pool.stats).toMatchObject({ owned: 0, failed: 1, opened: 0, lost: 0 });
});

it('takes a server that leaves during prepare for a failed attempt', async () => {
  const server = await startServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const pool = testPool(tcp(server.address), {
    retry: { count: 0 },
    prepare: async (socket) => {
      socket.write('login');
      return new Promise(() => undefined);
    },
  });
  await expect(pool.acquire()).rejects.toMatchObject({
    code: 'RXPOOL_RETRIES_EXHAUSTED',
    cause: { code: 'RXPOOL_CONNECTION_LOST', cause: { code: 'ECONNRESET' } },
  });
  expect(pool.stats).toMatchObject({ owned: 0, failed: 1, opened: 0, lost: 0 });
});

it('serves a borrower who came while the server was down, once it is back', async () => {
  const port = await refusedPort();
  const pool = testPool(tcp(`127.0.0.1:${port}`), { retry: { delay: 1 } });
  const acquired = pool.acquire();
  await nextEvent(pool.events$, 'failed');
  await startServer(echo, { host: '127.0.0.1', port });
  expect((await acquired).socket.remotePort).toBe(port);
});

it('tells a borrower whose time is up why there was no connection', async () => {
  const port = await refusedPort();
  const pool = testPool(tcp(`127.0.0.1:${port}`));
  const error: unknown = await pool.acquire({ timeout: 50 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT', cause: { code: 'ECONNREFUSED' } });
  expect((error as Error).message).toContain(`127.0.0.1:${port} down`);
});
