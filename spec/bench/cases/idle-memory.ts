import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createPool as createGenericPool } from 'generic-pool';
import { nextMessage, start } from '../child.js';
import { collectGarbage, interleave, macrotask, type Measure } from '../harness.js';
import { surplus, type Case } from '../rows.js';
import { createPool, tcp } from '../subject.js';

const MANY = 1_000;

/** Every option that has something kept for a connection, or looked at. */
const ALL = {
  ...{ idleTimeout: 600_000, maxLifetime: 3_600_000, maxUses: 1_000_000 },
  ...{ validate: () => true, validateAfter: 500, validateEvery: 600_000, clean: () => undefined },
  concurrency: 4,
};

const idleMemory: Case = async ({ quick, progress }) => {
  // In a process of its own: its ends of the connections are not what is measured.
  const address = { port: await nextMessage<number>(start('echo-server.ts')), host: '127.0.0.1' };
  const options = { ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const open = async (): Promise<Socket> => {
    const socket = connect(options);
    await once(socket, 'connect');
    return socket;
  };
  const close = async (socket: Socket): Promise<void> => {
    socket.destroy();
    await once(socket, 'close');
  };

  const pooled = (config: Parameters<typeof createPool<Socket, Buffer>>[1]): Measure =>
    bytesEach(async () => {
      const pool = createPool(tcp(options), { min: MANY, max: MANY, maxConnecting: 100, ...config });
      await pool.ready();
      // Each has been lent once, as one that is idle mostly has.
      const leases = await Promise.all(Array.from({ length: MANY }, () => pool.acquire()));
      for (const lease of leases) lease.release();
      return () => pool.close();
    });
  const bytes = await interleave(
    {
      raw: bytesEach(async () => {
        const sockets = await Promise.all(Array.from({ length: MANY }, open));
        return () => Promise.all(sockets.map(close));
      }),
      plain: pooled({}),
      all: pooled(ALL),
      generic: bytesEach(async () => {
        const pool = createGenericPool({ create: open, destroy: close }, { min: MANY, max: MANY });
        const sockets = await Promise.all(Array.from({ length: MANY }, () => pool.acquire()));
        for (const socket of sockets) void pool.release(socket);
        return async () => {
          await pool.drain();
          await pool.clear();
        };
      }),
    },
    { rounds: quick ? 3 : 11, warmUp: quick ? 1 : 2, garbage: 'major', progress },
  );
  const raw = { name: 'a raw socket', samples: bytes.raw };
  return [
    surplus('with default options', 'bytes', bytes.plain, raw, { atMost: 2_000 }),
    surplus('with all options of health, lifetime and sharing', 'bytes', bytes.all, raw, { atMost: 2_000 }),
    surplus('generic-pool', 'bytes', bytes.generic, raw),
  ];
};
export default idleMemory;

/** The heap that one of {@link MANY} needs. `fill` makes them, and returns what closes them. */
function bytesEach(fill: () => Promise<() => Promise<unknown>>): Measure {
  return async () => {
    const before = await heapAtRest();
    const empty = await fill();
    const bytes = ((await heapAtRest()) - before) / MANY;
    await empty();
    return bytes;
  };
}

/** What is in use once all that was under way is done. */
async function heapAtRest(): Promise<number> {
  for (let turns = 0; turns < 10; turns++) await macrotask();
  collectGarbage('major');
  await macrotask();
  collectGarbage('major');
  return process.memoryUsage().heapUsed;
}
