import type { SchedulerLike } from 'rxjs';
import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import type { PerAttempt } from '../endpoint/per-attempt.js';
import { worthRules } from '../endpoint/transport.js';
import type { SocketIoLike } from './socket-io-like.js';

/** What `io` is called with at each attempt, besides what `options` say. */
export interface SocketIoSettings {
  /** Who dials again is the endpoint. */
  readonly reconnection: false;
  readonly forceNew: true;
  readonly autoConnect: false;
  /** As long as a timer can be: `connectTimeout` stands in for it. */
  readonly timeout: number;
  readonly auth?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly extraHeaders?: Record<string, string>;
}

/** What {@link socketIo} takes. Durations in ms. */
export interface SocketIoOptions<S extends SocketIoLike> {
  /** The function `io` of `socket.io-client`. */
  io(url: string, settings: SocketIoSettings): S;
  /** Where to connect to, its path being the namespace: a value, or where to get it at each attempt. */
  readonly url: PerAttempt<string | URL>;
  /** What the middlewares of the server see as `handshake.auth`, asked for at each attempt. @default none */
  readonly auth?: PerAttempt<Readonly<Record<string, unknown>> | undefined> | undefined;
  /** What they see as `handshake.query`, asked for at each attempt. @default the query of the url */
  readonly query?: PerAttempt<Readonly<Record<string, unknown>> | undefined> | undefined;
  /** Headers of the handshake, which a browser's WebSocket does not take, asked for at each attempt. @default none */
  readonly extraHeaders?: PerAttempt<Readonly<Record<string, string>> | undefined> | undefined;
  /** Other options of `socket.io-client`, such as `path` and `transports`, handed on as they are. @default none */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** The longest that connecting may take, asking for the url and its like included. @default 10_000 */
  readonly connectTimeout?: number | undefined;
  /** Names the address in events and errors. @default the url without user, query and fragment */
  readonly address?: string | undefined;
  /** Its share beside other addresses of a pool, see `Transport`. @default 1 */
  readonly weight?: number | undefined;
  /** Its group among the addresses of a pool, see `Transport`. @default 0 */
  readonly priority?: number | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | SchedulerLike | undefined;
}

const perAttempt: Rule = { anyOf: [{ is: 'object' }, { is: 'function' }] };

const rules: Readonly<Record<keyof SocketIoOptions<SocketIoLike>, Rule>> = {
  ...worthRules,
  io: { is: 'function' },
  url: { anyOf: [{ is: 'string' }, { is: 'object' }, { is: 'function' }] },
  auth: perAttempt,
  query: perAttempt,
  extraHeaders: perAttempt,
  options: { is: 'object' },
  connectTimeout: { number: [1, Infinity] },
  address: { is: 'string' },
  clock: { is: 'object' },
};

/** What others say already: the first four are rxpool's to say. */
const TAKEN: readonly string[] = [
  'reconnection',
  'forceNew',
  'autoConnect',
  'timeout',
  'auth',
  'query',
  'extraHeaders',
];

/** @throws TypeError or RangeError naming the option */
export function checkOptions(options: SocketIoOptions<SocketIoLike>): void {
  checkConfig('socketIo', options, rules);
  if ((options.io as unknown) === undefined) throw new TypeError('socketIo: there must be an io');
  if ((options.url as unknown) === undefined) throw new TypeError('socketIo: there must be a url');
  for (const name of TAKEN) {
    if (options.options === undefined || !Object.hasOwn(options.options, name)) continue;
    throw new TypeError(`socketIo: options must not have ${name}; others than ${TAKEN.join(', ')} are handed on`);
  }
}
