import type { PoolConfig } from 'rxpool';
import type { Picker } from 'rxpool/balance';
import type { Connection } from './server.js';
import { World } from './world.js';

export interface Latencies {
  /** Of all requests, the shortest first, in ms. */
  readonly sorted: readonly number[];
  /** Requests answered a second while the load was on. */
  readonly throughput: number;
  /** The part of the requests that the slow server has had. */
  readonly toSlow: number;
}

/** One connection to each server, for as many requests at a time as come. */
export const shared: PoolConfig<Connection> = { minPerEndpoint: 1, maxPerEndpoint: 1, concurrency: Infinity };
/** A connection for each request, opened when none is idle. */
export const exclusive: PoolConfig<Connection> = { max: 200 };

const SECONDS = 25;

/** Ten servers at 60 % of what they can do, one of which takes 20 times as long. */
export function slowServer(balance: Picker, pool: PoolConfig<Connection> = shared): Latencies {
  const world = new World({ servers: 10, pool: { ...pool, balance } });
  world.clock.advance(1_000);
  const slow = 3;
  world.servers[slow]!.slowness = 20;
  world.load(0.6, 1_000 * SECONDS);
  const throughput = world.ended.length / SECONDS;
  world.drain();
  const { ended } = world;
  return {
    sorted: ended.map(({ latency }) => latency).sort((a, b) => a - b),
    throughput,
    toSlow: ended.filter(({ server }) => server === slow).length / ended.length,
  };
}

/** Nearest rank: what so large a part of them is at most. */
export function quantile({ sorted }: Latencies, part: number): number {
  return sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]!;
}
