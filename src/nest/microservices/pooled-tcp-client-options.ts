import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ProducerDeserializer, ProducerSerializer, ReadPacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { checkConfig, type Rule } from '../../endpoint/check-config.js';
import type { Endpoint, PoolConfig, Transport } from '../../index.js';
import type { RequestClientConfig } from '../../protocol/index.js';

type Address = Transport<Socket, Buffer> | Endpoint<Socket, Buffer>;

/** Where one server is. */
export interface NestServer {
  /** @default 'localhost' */
  readonly host?: string | undefined;
  /** @default 3000 */
  readonly port?: number | undefined;
  /** Of a Unix socket, in the place of `host` and `port`. */
  readonly path?: string | undefined;
  /** Options of `tls.connect`; with them it is spoken to over TLS. @default those of the client, if any */
  readonly tlsOptions?: ConnectionOptions | undefined;
}

/** Options of {@link PooledTcpClient}: those of Nest's TCP client, and those of a pool. Durations are in ms. */
export interface PooledTcpClientOptions extends NestServer {
  /** Several servers, `'host:port'` or options, in the place of `host`, `port` and `path`. */
  readonly servers?: readonly (string | NestServer)[] | undefined;
  /** Servers in any way that `createPool` takes, such as `dnsEndpoints(…)`, in the place of the above. */
  readonly source?: Address | readonly Address[] | Observable<readonly Address[]> | undefined;
  /**
   * Options of the pool.
   *
   * With `concurrency: Infinity` all requests may be on one connection at once. Without any wish for the number of
   * connections there is one to each server, and a second where many ask before it is open, or while it is replaced:
   * `minPerEndpoint: 1`, `maxPerEndpoint: 2`.
   *
   * @default concurrency: Infinity, and the above
   */
  readonly pool?: PoolConfig<Socket, Buffer> | undefined;
  /** The longest that a request may take until its last answer, and an event until it is written. @default 30_000 */
  readonly requestTimeout?: number | undefined;
  /**
   * Which requests may be sent again when their connection is lost before the first answer, though the server may have
   * done what they say. Those that were not sent are in any case.
   *
   * @default none
   */
  readonly idempotent?: ((packet: ReadPacket) => boolean) | undefined;
  /** Retries and limits of requests. @default as in `requestClient` */
  readonly requests?:
    Pick<RequestClientConfig, 'maxInFlight' | 'lateAfter' | 'retries' | 'backoff' | 'retryBudget'> | undefined;
  /** How long `close` waits for requests under way; then they fail. @default 10_000 */
  readonly closeTimeout?: number | undefined;
  /** @default Nest's: packets go as they are */
  readonly serializer?: ProducerSerializer | undefined;
  /** It may return a promise. @default Nest's */
  readonly deserializer?: ProducerDeserializer | undefined;
  /** The longest packet that is read, in UTF-16 code units. @default 134_217_728, as in Nest */
  readonly maxBufferSize?: number | undefined;
  /** How long the rest of a packet may be awaited; 0 is for ever. @default 30_000, as in Nest */
  readonly incompleteMessageTimeout?: number | undefined;
  /** Bytes that one connection may hold for a server that does not read them. @default 134_217_728, as in Nest */
  readonly maxSendBufferSize?: number | undefined;
}

const size: Rule = { integer: [1, Number.MAX_SAFE_INTEGER] };
const duration: Rule = { number: [0, Infinity] };
const serverRules: Readonly<Record<keyof NestServer, Rule>> = {
  host: { is: 'string' },
  port: { integer: [0, 65_535] },
  path: { is: 'string' },
  tlsOptions: { is: 'object' },
};
const rules: Readonly<Record<keyof PooledTcpClientOptions, Rule>> = {
  ...serverRules,
  servers: { is: 'object' },
  source: { is: 'object' },
  pool: { is: 'object' },
  requestTimeout: duration,
  idempotent: { is: 'function' },
  requests: { is: 'object' },
  closeTimeout: duration,
  serializer: { is: 'object' },
  deserializer: { is: 'object' },
  maxBufferSize: size,
  incompleteMessageTimeout: duration,
  maxSendBufferSize: size,
};

/**
 * @internal
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function checkClientOptions(options: PooledTcpClientOptions): void {
  if ((options as { socketClass?: unknown }).socketClass !== undefined) {
    throw new TypeError('PooledTcpClient: socketClass is not supported; a serializer or a source may do instead');
  }
  checkConfig('PooledTcpClient', options, rules);
  const { servers, source } = options;
  const given = [
    ...(source === undefined ? [] : ['source']),
    ...(servers === undefined ? [] : ['servers']),
    ...(['host', 'port', 'path'] as const).filter((name) => options[name] !== undefined).slice(0, 1),
  ];
  if (given.length > 1) throw new TypeError(`PooledTcpClient: pass ${given.join(' or ')}, not both`);
  if (servers === undefined) return;
  if (!Array.isArray(servers) || servers.length === 0) {
    throw new TypeError('PooledTcpClient: servers must be an array of at least one server');
  }
  servers.forEach((server: unknown, i) => {
    if (typeof server !== 'string') checkConfig(`PooledTcpClient: servers[${String(i)}]`, server, serverRules);
  });
}
