import { BehaviorSubject } from 'rxjs';
import { consistentHash } from 'rxpool/balance';
import type { Server } from './server.js';
import { World } from './world.js';

/** Of each key, in order: the number of its server while all are there, and when one has left. */
export interface Homes {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Ten servers, one of which is no longer listed; `left` is its number. */
export function leavingServer(left: number, keys = 10_000): Homes {
  const lists = new BehaviorSubject<readonly Server['transport'][]>([]);
  const world = new World({
    servers: 10,
    pool: { balance: consistentHash(), minPerEndpoint: 1, maxPerEndpoint: 1 },
    source: (servers) => {
      lists.next(servers.map(({ transport }) => transport));
      return lists;
    },
  });
  world.clock.advance(1_000);
  const homes = (): number[] => Array.from({ length: keys }, (_, i) => homeOf(world, `user:${i}`));
  const before = homes();
  lists.next(lists.value.filter((_, server) => server !== left));
  world.clock.advance(1_000);
  return { before, after: homes() };
}

function homeOf({ pool }: World, key: string): number {
  let address = '';
  pool.borrow({ key }).subscribe((lease) => {
    address = lease.endpoint.address;
    lease.release();
  });
  return Number(address.replace('server-', ''));
}
