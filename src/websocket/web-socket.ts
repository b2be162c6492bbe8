import { checkConfig } from '../endpoint/check-config.js';
import { worthRules, type Transport } from '../endpoint/transport.js';
import { checkConnection } from './check-connection.js';
import { connectionRules, protocolRule, type ConnectionOptions, type Protocols } from './connection-options.js';
import type { PlatformWebSocket } from './platform.js';
import { socketTransport } from './socket-transport.js';
import { toMessage } from './to-message.js';
import type { MessageLike, WebSocketLike } from './web-socket-like.js';
import { WebSocketMessageError } from './web-socket-message-error.js';

/** What a connection may be told to expect, and what is then handed on. */
interface MessageTypes {
  readonly text: string;
  readonly binary: Uint8Array<ArrayBuffer>;
}

type MessageType = keyof MessageTypes;

export interface WebSocketOptions<
  S extends WebSocketLike = PlatformWebSocket,
  T extends MessageType = MessageType,
> extends ConnectionOptions<S> {
  /** What to ask the peer to speak. @default nothing in particular */
  readonly protocols?: Protocols | undefined;
  /** A message of the other type closes the connection, as a loss. @default both are handed on */
  readonly messageType?: T | undefined;
  /** Its share beside other addresses of a pool, see `Transport`. @default 1 */
  readonly weight?: number | undefined;
  /** Its group among the addresses of a pool, see `Transport`. @default 0 */
  readonly priority?: number | undefined;
}

/**
 * A transport over WebSockets: the platform's, in browsers and Node 22, or others by `create`, such as those of `ws`.
 *
 * Text arrives as strings, binary messages as bytes. `url`, `protocols` and `headers` may also be promises, Observables or functions that
 * return one or a value: they are then asked for at each attempt, within `connectTimeout`. A close by the peer is a loss, also a clean
 * one, unless `isFinal` says otherwise; {@link WebSocketClosedError} has its code and reason.
 *
 * @param target a URL, or options
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { webSocket } from 'rxpool/websocket';
 *
 * createPool(webSocket('wss://prices.example/feed'));
 * createPool(
 *   webSocket({
 *     url: async () => `wss://prices.example/feed?token=${await (await fetch('/token')).text()}`,
 *     heartbeat: { message: 'ping', isAnswer: (message) => message === 'pong' },
 *   }),
 * );
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function webSocket<S extends WebSocketLike = PlatformWebSocket, T extends MessageType = MessageType>(
  target: string | URL | WebSocketOptions<S, T>,
): Transport<S, MessageTypes[T]> {
  const options = typeof target === 'string' || target instanceof URL ? { url: target } : target;
  checkConfig('webSocket', options, {
    ...connectionRules,
    ...worthRules,
    protocols: protocolRule,
    messageType: { oneOf: ['text', 'binary'] },
  });
  checkConnection('webSocket', options);
  const { messageType, weight, priority, ...connection } = options;
  const transport = socketTransport<S, MessageTypes[T]>({
    ...connection,
    subject: 'webSocket',
    binaryType: 'arraybuffer',
    reader: (address) => (event) => read(address, event, messageType) as MessageTypes[T],
  });
  return { ...transport, ...(weight !== undefined && { weight }), ...(priority !== undefined && { priority }) };
}

function read(address: string, { data }: MessageLike, wanted: MessageType | undefined): MessageTypes[MessageType] {
  const message = toMessage(data);
  if (message === undefined) throw new WebSocketMessageError(address, 'unreadable');
  const type = typeof message === 'string' ? 'text' : 'binary';
  if (wanted !== undefined && type !== wanted) throw new WebSocketMessageError(address, type);
  return message;
}
