import { describe, expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { testPool } from './pools.js';
import { echo, startServer } from './servers.js';

/** Lets Node start what it has put off to the end of the tick, as to connect, and then stops the event loop. */
async function blockLoop(ms: number): Promise<void> {
  await new Promise((resolve) => process.nextTick(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('pain points of other pools', () => {
  it('30: a blocked event loop is reported as no connection within the time', async () => {
    const server = await startServer(echo);
    const pool = testPool(tcp(server.address), { acquireTimeout: 50 });
    const lease = pool.acquire();
    await blockLoop(200);
    expect((await lease).socket.readyState).toBe('open');
    expect(pool.stats).toMatchObject({ lent: 1, timedOut: 0 });
  });

  it('30: or as a server that does not answer', async () => {
    const server = await startServer(echo);
    const transport = tcp({ host: '127.0.0.1', port: server.port, connectTimeout: 50 });
    const pool = testPool(transport, { retry: { count: 0 } });
    const lease = pool.acquire();
    await blockLoop(200);
    expect((await lease).socket.readyState).toBe('open');
    expect(pool.stats).toMatchObject({ opened: 1, failed: 0 });
  });
});
