import type { Socket } from 'node:net';
import { firstValueFrom, map } from 'rxjs';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { testPool } from './pools.js';
import { echo, startServer } from './servers.js';

it('what one allocation has put on the socket is not taken off by the next', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1, concurrency: Infinity });
  const read = (socket: Socket): Socket => socket.on('data', () => undefined);
  // Both wait for the first connection.
  const [socket] = await Promise.all([1, 2].map(async () => firstValueFrom(pool.allocate().pipe(map(read)))));
  expect(socket!.listenerCount('data')).toBe(2); // it is 1
});
