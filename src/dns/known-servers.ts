import type { Socket } from 'node:net';
import type { Transport } from '../endpoint/transport.js';
import { tcp } from '../tcp/tcp.js';
import type { DiscoveryConfig } from './discovery-config.js';
import type { ListedServer, ServerAddress } from './server-address.js';

interface KnownServer<S, D> {
  readonly listed: ListedServer;
  /** As the user's function has made it. */
  readonly made: Transport<S, D>;
  readonly transport: Transport<S, D>;
}

/** The servers of a source as it has listed them last, each with its transport, which stays the same for as long as the server is listed. */
export class KnownServers<S, D> {
  private known: ReadonlyMap<string, KnownServer<S, D>> | undefined;
  private readonly connect: (server: ServerAddress) => Transport<S, D>;

  constructor({ transport = toTcp as DiscoveryConfig<S, D>['transport'] }: DiscoveryConfig<S, D>) {
    // Without the option S and D are those of `tcp`, which nothing but the defaults of the type parameters says.
    this.connect = transport as (server: ServerAddress) => Transport<S, D>;
  }

  get size(): number {
    return this.known?.size ?? 0;
  }

  /**
   * Takes the servers that are listed now, and returns the transports to them in any order, or `undefined` if nothing has changed.
   * Of an address that is listed more than once the lowest priority counts, and the largest weight in it.
   */
  update(servers: readonly ListedServer[]): readonly Transport<S, D>[] | undefined {
    const next = new Map<string, KnownServer<S, D>>();
    for (const [key, listed] of merged(servers)) next.set(key, this.take(key, listed));
    const { known } = this;
    const isSame =
      known?.size === next.size && [...next].every(([key, server]) => known.get(key)?.transport === server.transport);
    if (isSame) return undefined;
    this.known = next;
    return [...next.values()].map(({ transport }) => transport);
  }

  private take(key: string, listed: ListedServer): KnownServer<S, D> {
    const before = this.known?.get(key);
    const { host, port, name, weight, priority } = listed;
    if (before?.listed.weight === weight && before.listed.priority === priority) return before;
    const made = before?.made ?? this.connect({ host, port, name });
    const transport = weight === 1 && priority === 0 ? made : { ...made, weight, priority };
    if (typeof (transport as Partial<Transport<S, D>>).open !== 'function') {
      throw new TypeError('transport must return a transport, a plain object as that of tcp("localhost:5000")');
    }
    return { listed, made, transport };
  }
}

function toTcp({ host, port }: ServerAddress): Transport<Socket, Buffer> {
  return tcp({ host, port });
}

function merged(servers: readonly ListedServer[]): Map<string, ListedServer> {
  const unique = new Map<string, ListedServer>();
  for (const server of servers) {
    const key = `${server.host} ${server.port}`;
    const other = unique.get(key);
    if (other === undefined || isPreferred(server, other)) unique.set(key, server);
  }
  return unique;
}

function isPreferred(a: ListedServer, b: ListedServer): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.weight > b.weight);
}
