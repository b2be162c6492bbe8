import { EMPTY, Observable } from 'rxjs';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport, UsableOptions } from '../endpoint/transport.js';
import type { ConnectionOptions, Protocols } from './connection-options.js';
import { addressOf, parseUrl } from './parse-url.js';
import { SocketLife, type SocketLifeConfig } from './socket-life.js';
import { Traces } from './traces.js';
import type { WebSocketAttempt } from './web-socket-attempt.js';
import { OPEN, type MessageLike, type WebSocketLike } from './web-socket-like.js';

/** What makes one transport over WebSockets different from another. */
export interface SocketKind<S extends WebSocketLike, D> extends ConnectionOptions<S> {
  /** Names the function in errors about what it was given. */
  readonly subject: string;
  readonly protocols?: Protocols | undefined;
  readonly binaryType: string | undefined;
  /** What is handed on of a message. */
  reader(address: string): (event: MessageLike) => D;
}

/** A transport over WebSockets, whatever is made of their messages. */
export function socketTransport<S extends WebSocketLike, D>(kind: SocketKind<S, D>): Transport<S, D> {
  const { subject, url, protocols, headers, address = addressOf(url), create, binaryType } = kind;
  const lives = new WeakMap<S, SocketLife<S, D>>();
  const config: SocketLifeConfig<S, D> = {
    address,
    target: { url, protocols, headers },
    attempt: (values) => toAttempt(subject, values),
    // Without `create` the compiler knows S as the platform's.
    create: create ?? (({ url, protocols }) => new WebSocket(url, protocols) as WebSocketLike as S),
    read: kind.reader(address),
    binaryType,
    connectTimeout: kind.connectTimeout ?? 10_000,
    closeTimeout: kind.closeTimeout ?? 1_000,
    maxUnread: kind.maxUnread ?? 1_000,
    heartbeat: kind.heartbeat,
    isFinal: kind.isFinal ?? (() => false),
    clock: toClock(kind.clock),
    lives,
  };

  function usable(socket: S, { allowUnread = false }: UsableOptions = {}): boolean {
    const life = lives.get(socket);
    return socket.readyState === OPEN && life !== undefined && (allowUnread || life.unread.length === 0);
  }

  return {
    address,
    open: ({ unref = false } = {}) =>
      new Observable<S>((subscriber) => {
        const life = new SocketLife(config, subscriber);
        subscriber.add(life);
        life.start(unref);
      }),
    close: (socket, { force = false } = {}) => lives.get(socket)?.close(socket, force) ?? EMPTY,
    data: (socket) => read(lives.get(socket)),
    usable,
    remember: (socket) => {
      const life = lives.get(socket);
      if (life !== undefined) life.traces = new Traces(socket);
    },
    restore: (socket, options = {}) =>
      lives.get(socket)?.traces?.clear(options.left) === true && usable(socket, options),
    ref: (socket) => lives.get(socket)?.handle?.ref?.(),
    unref: (socket) => lives.get(socket)?.handle?.unref?.(),
    pending: (socket) => socket.bufferedAmount,
  };
}

function read<S extends WebSocketLike, D>(life: SocketLife<S, D> | undefined): Observable<D> {
  if (life === undefined) return EMPTY;
  const { unread, arrivals } = life;
  return new Observable<D>((subscriber) => {
    // Whoever takes only the first leaves the rest to the next.
    while (!subscriber.closed) {
      const [data] = unread.splice(0, 1) as [D?];
      if (data === undefined) break;
      subscriber.next(data);
    }
    subscriber.add(arrivals.subscribe(subscriber));
  });
}

function toAttempt(subject: string, { url, protocols, headers }: Readonly<Record<string, unknown>>): WebSocketAttempt {
  const list = protocols === undefined ? [] : typeof protocols === 'string' ? [protocols] : protocols;
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) {
    throw new TypeError(`${subject}: protocols must be a text or an array of texts`);
  }
  if (headers !== undefined && (typeof headers !== 'object' || headers === null)) {
    throw new TypeError(`${subject}: headers must be an object`);
  }
  return { url: parseUrl(subject, url).href, protocols: list, headers: { ...headers } };
}
