import { tmpdir } from 'node:os';
import { isInstalled, startServer } from '../../../docs/examples/memcached/start-server.js';
import { µsEach } from '../callers.js';
import { interleave, type Rounds } from '../harness.js';
import { memcachedClients } from '../memcached-clients.js';
import { redisClients } from '../redis-clients.js';
import { speed, type Case, type CaseContext, type Row } from '../rows.js';

const requestClientCase: Case = async ({ quick, progress }) => [
  ...(await ofMemcached({ quick, progress: (share) => progress(share / 2) })),
  ...(await ofRedis({ quick, progress: (share) => progress(0.5 + share / 2) })),
];
export default requestClientCase;

async function ofMemcached({ quick, progress }: CaseContext): Promise<Row[]> {
  if (!isInstalled('memcached')) return [];
  // As root it wants to be told whom to be.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const options = (port: number) => ['-l', '127.0.0.1', '-p', String(port), '-U', '0', ...user];
  const each = quick ? 50 : 200;
  const µs = await withServer('memcached', options, async (port) => {
    const clients = await memcachedClients(port);
    const measures = {
      ours: µsEach(clients.requestClient, each),
      alone: µsEach(clients.oneAtATime, quick ? 10 : 30),
      memjs: µsEach(clients.memjs, each),
      memcached: µsEach(clients.memcached, each),
      byHand: µsEach(clients.byHand, each),
    };
    const samples = await interleave(measures, rounds({ quick, progress }));
    await clients.close();
    return samples;
  });
  const what = '`get` of memcached';
  return [
    speed(what, 'µs', µs.ours, { name: 'by hand, pipelined', samples: µs.byHand }, { atLeast: 0.8 }),
    speed(what, 'µs', µs.ours, { name: 'memjs', samples: µs.memjs }, { atLeast: 0.8 }),
    speed(what, 'µs', µs.ours, { name: 'memcached', samples: µs.memcached }, { atLeast: 0.8 }),
    speed(what, 'µs', µs.ours, { name: '`use()`, one at a time', samples: µs.alone }, { atLeast: 5 }),
  ];
}

async function ofRedis({ quick, progress }: CaseContext): Promise<Row[]> {
  if (!isInstalled('redis-server')) return [];
  const keepNothing = ['--save', '', '--appendonly', 'no', '--dir', tmpdir()];
  const options = (port: number) => ['--port', String(port), '--bind', '127.0.0.1', ...keepNothing];
  const each = quick ? 50 : 200;
  const µs = await withServer('redis-server', options, async (port) => {
    const clients = await redisClients(port);
    const measures = {
      ours: µsEach(clients.requestClient, each),
      one: µsEach(clients.onOneConnection, each),
      ioredis: µsEach(clients.ioredis, each),
    };
    const samples = await interleave(measures, rounds({ quick, progress }));
    await clients.close();
    return samples;
  });
  const ioredis = { name: 'ioredis', samples: µs.ioredis };
  return [
    speed('`GET` of Redis', 'µs', µs.ours, ioredis, { atLeast: 0.8 }),
    speed('`GET` of Redis, on one connection', 'µs', µs.one, ioredis, { atLeast: 0.8 }),
  ];
}

function rounds({ quick, progress }: CaseContext): Rounds {
  return { rounds: quick ? 5 : 21, warmUp: quick ? 2 : 5, progress };
}

async function withServer<T>(
  command: string,
  options: (port: number) => readonly string[],
  use: (port: number) => Promise<T>,
): Promise<T> {
  const server = await startServer(command, options);
  try {
    return await use(server.port);
  } finally {
    await server.stop();
  }
}
