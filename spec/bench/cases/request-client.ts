import { tmpdir } from 'node:os';
import { isInstalled, startServer } from '../../../docs/examples/memcached/start-server.js';
import { µsEach, type Ask } from '../callers.js';
import { interleave, type Measure } from '../harness.js';
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
  const server = await startServer('memcached', (port) => [
    ...['-l', '127.0.0.1', '-p', String(port), '-U', '0'],
    ...user,
  ]);
  const clients = await memcachedClients(server.port);
  const each = quick ? 50 : 200;
  const µs = await interleave(
    {
      ours: µsEach(clients.requestClient, each),
      alone: µsEach(clients.oneAtATime, quick ? 10 : 30),
      memjs: µsEach(clients.memjs, each),
      memcached: µsEach(clients.memcached, each),
      byHand: µsEach(clients.byHand, each),
    },
    { rounds: quick ? 5 : 21, warmUp: quick ? 2 : 5, progress },
  );
  await clients.close();
  await server.stop();
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
  const server = await startServer('redis-server', (port) => [
    ...['--port', String(port), '--bind', '127.0.0.1'],
    ...keepNothing,
  ]);
  const clients = await redisClients(server.port);
  const measure = (ask: Ask): Measure => µsEach(ask, quick ? 50 : 200);
  const µs = await interleave(
    {
      ours: measure(clients.requestClient),
      one: measure(clients.onOneConnection),
      ioredis: measure(clients.ioredis),
    },
    { rounds: quick ? 5 : 21, warmUp: quick ? 2 : 5, progress },
  );
  await clients.close();
  await server.stop();
  const ioredis = { name: 'ioredis', samples: µs.ioredis };
  return [
    speed('`GET` of Redis', 'µs', µs.ours, ioredis, { atLeast: 0.8 }),
    speed('`GET` of Redis, on one connection', 'µs', µs.one, ioredis, { atLeast: 0.8 }),
  ];
}
