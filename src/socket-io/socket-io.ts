import { EMPTY, Observable } from 'rxjs';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { addressOf, parseUrl } from './parse-url.js';
import type { SocketIoEvent } from './socket-io-event.js';
import { SocketIoLife, type SocketIoLifeConfig } from './socket-io-life.js';
import type { SocketIoLike } from './socket-io-like.js';
import { checkOptions, type SocketIoOptions } from './socket-io-options.js';

/** In ms. What is longer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A transport over Socket.IO, by the function `io` of `socket.io-client`.
 *
 * Each connection is one of its own, and does not reconnect by itself: the endpoint does, after each loss, with a `url`, `auth`, `query`
 * and `extraHeaders` that are asked for anew. An attempt that fails, by a middleware's refusal too, tells a `SocketIoConnectError`; the
 * end of a connection, also by the server's `disconnect()`, is a loss, of which `SocketIoDisconnectedError` has the reason.
 *
 * What arrives while nobody reads is dropped, as Socket.IO drops what nobody listens to.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { socketIo } from 'rxpool/socket-io';
 * import { io } from 'socket.io-client';
 *
 * const pool = createPool(
 *   socketIo({
 *     io,
 *     url: 'https://chat.example/rooms',
 *     auth: async () => ({ token: await (await fetch('/token')).text() }),
 *   }),
 * );
 * const rooms: unknown = await pool.run((socket) => socket.timeout(5_000).emitWithAck('list'));
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function socketIo<S extends SocketIoLike>(options: SocketIoOptions<S>): Transport<S, SocketIoEvent> {
  checkOptions(options);
  const { url, auth, query, extraHeaders, weight, priority } = options;
  const lives = new WeakMap<S, SocketIoLife<S>>();
  const config: SocketIoLifeConfig<S> = {
    address: options.address ?? addressOf(url),
    target: { url, auth, query, extraHeaders },
    create: (target) => create(options, target),
    connectTimeout: options.connectTimeout ?? 10_000,
    clock: toClock(options.clock),
    lives,
  };
  const usable = (socket: S): boolean => socket.connected && lives.get(socket)?.isGone === false;
  return {
    address: config.address,
    ...(weight !== undefined && { weight }),
    ...(priority !== undefined && { priority }),
    open: ({ unref = false } = {}) =>
      new Observable<S>((subscriber) => {
        const life = new SocketIoLife(config, subscriber);
        subscriber.add(life);
        life.start(unref);
      }),
    close: (socket) => lives.get(socket)?.close() ?? EMPTY,
    data: (socket) => lives.get(socket)?.arrivals.asObservable() ?? EMPTY,
    usable,
    remember: (socket) => lives.get(socket)?.traces?.remember(),
    restore: (socket, { left } = {}) => lives.get(socket)?.traces?.clear(left) === true && usable(socket),
  };
}

function create<S extends SocketIoLike>(
  options: SocketIoOptions<S>,
  { url, ...asked }: Readonly<Record<string, unknown>>,
): S {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (typeof value !== 'object' || value === null) throw new TypeError(`socketIo: ${name} must be an object`);
  }
  return options.io(parseUrl(url).href, {
    ...options.options,
    ...Object.fromEntries(given),
    reconnection: false,
    forceNew: true,
    autoConnect: false,
    timeout: LONGEST_TIMER,
  });
}
