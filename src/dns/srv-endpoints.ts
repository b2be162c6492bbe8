import type { SrvRecord } from 'node:dns';
import type { Socket } from 'node:net';
import { map, type Observable } from 'rxjs';
import { exponentialBackoff } from '../endpoint/backoff.js';
import { checkConfig } from '../endpoint/check-config.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { discoveryRules, type DiscoveryConfig } from './discovery-config.js';
import { keepAsking } from './keep-asking.js';
import { query } from './query.js';
import { checkQuery, queryRules, type QueryConfig } from './query-config.js';
import type { ListedServer } from './server-address.js';

export interface SrvEndpointsConfig<S = Socket, D = Buffer> extends DiscoveryConfig<S, D>, QueryConfig {
  /** How often to ask, in ms: Node does not tell the TTL of these records. @default 30_000 */
  readonly interval?: number;
}

/**
 * The servers of a service, as its SRV records list them: host and port, `weight` and `priority` (lower first).
 *
 * Emits transports when the records have changed, and does nothing before it is subscribed to. Neither errors nor completes: a look-up that
 * fails, or finds nothing, leaves what is known as it is, is told to `onError` and tried again with backoff.
 *
 * A target stays a host name, and is looked up at each attempt to connect: a server that comes back with another address is still the same,
 * Node chooses between its IPv4 and IPv6 addresses, and a TLS certificate is for its name. Its addresses are not balanced over; for a name
 * with many use {@link dnsEndpoints}.
 *
 * A weight of 0 counts as 1: equal shares where all are 0, and beside larger ones the small share that RFC 2782 means it to have.
 *
 * @param name of the service, for example `_cache._tcp.internal`
 *
 * @example
 * ```ts
 * import { srvEndpoints } from 'rxpool/dns';
 *
 * srvEndpoints('_cache._tcp.internal', { onError: report }).subscribe((transports) => {
 *   console.log(transports.map(({ address }) => address));
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong name or option, naming it.
 */
export function srvEndpoints<S = Socket, D = Buffer>(
  name: string,
  config: SrvEndpointsConfig<S, D> = {},
): Observable<readonly Transport<S, D>[]> {
  checkConfig('srvEndpoints', config, { ...discoveryRules, ...queryRules, interval: { number: [1, Infinity] } });
  checkQuery('srvEndpoints', name, config);
  const { servers, timeout = 5_000, interval = 30_000 } = config;
  const clock = toClock(config.clock);
  const records = query({ servers, timeout, clock }, (resolver) => resolver.resolveSrv(name));
  const answer = records.pipe(map((found) => ({ servers: serversOf(found), standsFor: interval })));
  return keepAsking(() => ({ ask: () => answer }), {
    ...config,
    source: `srvEndpoints ${name}`,
    clock,
    backoff: config.backoff ?? exponentialBackoff(),
  });
}

function serversOf(records: readonly SrvRecord[]): ListedServer[] {
  // The root as a target, which comes without a name, says that there is no such service here.
  const targets = records.filter(({ name }) => name !== '');
  if (targets.length === 0) throw new Error('its records say that there is no such service');
  return targets.map(({ name, port, weight, priority }) => {
    return { host: name, port, name, weight: Math.max(1, weight), priority };
  });
}
