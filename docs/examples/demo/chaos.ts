import { EMPTY, defer, filter, map, mergeMap, repeat, startWith, timer, type Observable } from 'rxjs';
import type { ServerProcess } from './server-process.js';

/** How long a killed server stays dead, in ms. */
const DEAD_FOR = { min: 1_000, max: 3_000 };

/** Now and then kills a server at random, and revives it later. Emits what it has done. `every` is in seconds, 0 = never. */
export function chaos(servers: ServerProcess, every: number): Observable<string> {
  if (every === 0) return EMPTY;
  const alive = new Set(servers.addresses.keys());

  const kill = (server: number): string => {
    alive.delete(server);
    servers.order({ type: 'kill', server });
    return `${servers.addresses[server]!} killed by the demo`;
  };
  const revive = (server: number): string => {
    alive.add(server);
    servers.order({ type: 'revive', server });
    return `${servers.addresses[server]!} revived by the demo`;
  };

  return defer(() => timer(between(0.5, 1.5) * every * 1_000)).pipe(
    repeat(),
    map(() => [...alive][Math.floor(Math.random() * alive.size)]),
    filter((server) => server !== undefined),
    mergeMap((server) =>
      timer(between(DEAD_FOR.min, DEAD_FOR.max)).pipe(
        map(() => revive(server)),
        startWith(kill(server)),
      ),
    ),
  );
}

function between(min: number, max: number): number {
  return min + Math.random() * (max - min);
}
