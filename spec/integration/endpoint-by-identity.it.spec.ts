import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { endpoint } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { testPool } from './pools.js';
import { echo, startServer } from './servers.js';

it('a borrow for an endpoint gets its connection, though another endpoint has the same address', async () => {
  const [plain, secure] = [await startServer(echo), await startServer(echo)];
  // As tcp('db:5433') and tls('db:5433') have by themselves.
  const ways = [plain, secure].map(({ port }) => endpoint(tcp({ host: '127.0.0.1', port, address: 'db:5433' })));
  const pool = testPool<Socket, Buffer>(ways);
  const lease = await pool.acquire({ endpoint: ways[1]! });
  expect(lease.endpoint).toBe(ways[1]); // it is ways[0]: whoever asks for TLS gets plain text
  expect(lease.socket.remotePort).toBe(secure.port);
});
