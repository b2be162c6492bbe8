import { first } from 'rxjs';
import type { Pool, PoolConfig } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import type {
  Network,
  ServerConfig,
  SimulatedServer,
  SimulatedSocket,
  SimulatedTcpOptions,
  VirtualClock,
} from '../../src/testing/index.js';
import { record, type Recording } from '../pool/pool-lab.js';
import { echo, NetworkLab } from '../testing/network-lab.js';

export type SimulatedPool = Pool<SimulatedSocket, Buffer>;

/** One server that sends back what it gets, and a pool of connections to it. */
export interface World {
  readonly lab: NetworkLab;
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly server: SimulatedServer;
  readonly pool: SimulatedPool;
}

export function createWorld(
  config?: PoolConfig<SimulatedSocket>,
  serverConfig?: ServerConfig,
  options?: SimulatedTcpOptions,
): World {
  const lab = new NetworkLab();
  const { clock, network } = lab;
  const server = network.listen('server:1', echo, serverConfig);
  return { lab, clock, network, server, pool: lab.pool('server:1', config, options) };
}

/** Borrows, lets time pass until the lease is there, and gives it back. */
export function useOnce({ pool, clock }: Pick<World, 'pool' | 'clock'>): SimulatedSocket {
  const lease = record(pool.borrow());
  clock.advance(10);
  const { socket } = lease.only;
  lease.only.release();
  clock.advance(0);
  return socket;
}

/** Sends a line on a connection of the pool, and reads the one that answers it. */
export function ask(pool: SimulatedPool, text: string): Recording<string> {
  return record(
    pool.use((socket, lease) => {
      socket.write(`${text}\n`);
      return lease.data$.pipe(lines(), first());
    }),
  );
}
