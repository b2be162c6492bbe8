import type { Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { testPool } from './pools.js';
import { echo, startServer } from './servers.js';

const hasRef = (socket: Socket): boolean => (socket as unknown as { _handle: { hasRef(): boolean } })._handle.hasRef();

it('an allocated socket keeps the process alive, whether it was open before or not', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1, concurrency: Infinity });
  const first = await firstValueFrom(pool.allocate());
  expect(hasRef(first)).toBe(true);
  const second = await firstValueFrom(pool.allocate());
  expect(second).toBe(first);
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasRef(second)).toBe(true);
});
