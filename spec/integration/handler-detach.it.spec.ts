import { once } from 'node:events';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { testPool } from './pools.js';
import { echo, startServer } from './servers.js';

it('a slot handler hears nothing of a socket that was detached, once the slot holds another', async () => {
  const server = await startServer(echo);
  const told: string[] = [];
  const pool = testPool(tcp(server.address), {
    max: 1,
    handler: () => ({
      onConnect: () => told.push('connect'),
      onReset: () => told.push('reset'),
      onReconnect: () => told.push('reconnect'),
    }),
  });
  const detached = (await pool.acquire()).detach();
  const next = await pool.acquire();
  const before = told.length;
  const closed = once(detached, 'close');
  detached.destroy();
  await closed;
  expect(told.slice(before)).toEqual([]); // the slot's connection is up
  next.release();
});
