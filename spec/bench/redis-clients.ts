import { Redis as Ioredis } from 'ioredis';
import { lastValueFrom, merge } from 'rxjs';
import type { RedisValue } from '../../docs/examples/redis/resp3.js';
import { entries, Hearing, type Ask } from './callers.js';
import { example } from './example.js';
import { tcp } from './subject.js';

const { Redis } = (await example('redis/redis')) as typeof import('../../docs/examples/redis/redis.js');

export interface RedisClients {
  readonly requestClient: Ask;
  /** On as many connections as ioredis has. */
  readonly onOneConnection: Ask;
  readonly ioredis: Ask;
  close(): Promise<void>;
}

/** All that are compared, on a server that has the entries. */
export async function redisClients(port: number): Promise<RedisClients> {
  const address = { port, host: '127.0.0.1' };
  const two = new Redis(tcp(address), { min: 2, max: 2, concurrency: 50 });
  const one = new Redis(tcp(address), { min: 1, max: 1 });
  await lastValueFrom(merge(...entries.map(([key, value]) => two.command(['SET', key, value]))));
  const ioredis = new Ioredis(address);

  return {
    requestClient: asking(two),
    onOneConnection: asking(one),
    ioredis: (key, answered) => {
      void ioredis.get(key, (_error, value) => answered(value?.length ?? -1));
    },
    async close() {
      ioredis.disconnect();
      await Promise.all([two.pool.close(), one.pool.close()]);
    },
  };
}

function asking(redis: InstanceType<typeof Redis>): Ask {
  return (key, answered) => {
    redis.command(['GET', key]).subscribe(new Hearing(lengthOf, answered));
  };
}

function lengthOf(value: RedisValue): number | undefined {
  return typeof value === 'string' ? value.length : undefined;
}
