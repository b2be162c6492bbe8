import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import { exponentialBackoff } from '../endpoint/backoff.js';
import { checkConfig } from '../endpoint/check-config.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { AddressLookup } from './address-lookup.js';
import { discoveryRules, type DiscoveryConfig } from './discovery-config.js';
import { keepAsking } from './keep-asking.js';
import { checkQuery, queryRules, type QueryConfig } from './query-config.js';

export interface DnsEndpointsConfig<S = Socket, D = Buffer> extends DiscoveryConfig<S, D>, QueryConfig {
  /** The port of every server. */
  readonly port: number;
  /**
   * Which addresses to ask for: IPv4, IPv6, or 0 for both. With both, a server that has both counts twice, so say which where only one can
   * be reached. @default 0
   */
  readonly family?: 4 | 6 | 0;
  /** An answer stands for its shortest TTL, but at least so long, in ms. @default 5_000 */
  readonly minTtl?: number;
  /** An answer stands for its shortest TTL, but at most so long, in ms. @default 300_000 */
  readonly maxTtl?: number;
}

/**
 * The addresses of a name, looked up in DNS, again whenever their TTL is over. Each is an endpoint of its own.
 *
 * Emits transports when the set of addresses has changed, and does nothing before it is subscribed to. Neither errors nor completes: a
 * look-up that fails, or finds nothing, leaves what is known as it is, is told to `onError` and tried again with backoff. Where both
 * families are asked for and one is not answered, its addresses stay. An address is connected to as it is; which of them to use is the
 * pool's choice.
 *
 * Name servers are asked directly, because the system's own look-up knows no TTL. The system, with its hosts file and search domains, is
 * asked for what they do not know, every 30 s, and at once for `localhost` and IP addresses. With `servers` it is asked for those only.
 *
 * ```
 * name server     A─B─────────(TTL)─B─A─────(TTL)─╳─(backoff)─B─C──────
 * dnsEndpoints    [A, B]──────────────────────────────────────[B, C]───
 * ```
 *
 * @example
 * ```ts
 * import { dnsEndpoints } from 'rxpool/dns';
 * import { tls } from 'rxpool/tcp';
 *
 * const replicas = dnsEndpoints('cache.internal', {
 *   port: 6380,
 *   transport: ({ host, port, name }) => tls({ host, port, servername: name }),
 *   onError: report,
 * });
 * replicas.subscribe((transports) => console.log(transports.map(({ address }) => address)));
 * ```
 *
 * @throws TypeError or RangeError for a wrong name or option, naming it.
 */
export function dnsEndpoints<S = Socket, D = Buffer>(
  name: string,
  config: DnsEndpointsConfig<S, D>,
): Observable<readonly Transport<S, D>[]> {
  checkConfig('dnsEndpoints', config, {
    ...discoveryRules,
    ...queryRules,
    port: { integer: [1, 65_535] },
    family: { oneOf: [4, 6, 0] },
    minTtl: { number: [1, Infinity] },
    maxTtl: { number: [1, Infinity] },
  });
  checkQuery('dnsEndpoints', name, config);
  const { port, family = 0, minTtl = 5_000, maxTtl = Math.max(300_000, minTtl), servers, timeout = 5_000 } = config;
  if ((port as number | undefined) === undefined) throw new TypeError('dnsEndpoints: port is missing');
  if (maxTtl < minTtl)
    throw new RangeError(`dnsEndpoints: maxTtl must be at least minTtl, ${String(minTtl)}, got ${String(maxTtl)}`);
  const clock = toClock(config.clock);
  const question = { name, port, family, minTtl, maxTtl, servers, timeout, clock };
  return keepAsking(() => new AddressLookup(question), {
    ...config,
    source: `dnsEndpoints ${name}`,
    clock,
    backoff: config.backoff ?? exponentialBackoff(),
  });
}
