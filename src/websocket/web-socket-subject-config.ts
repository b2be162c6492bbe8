import type { NextObserver } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { ConnectionEvent } from '../endpoint/connection-event.js';
import { endpointRules, type EndpointConfig } from '../endpoint/endpoint.js';
import { connectionRules, protocolRule, type ConnectionOptions, type Protocols } from './connection-options.js';
import { outboundRules, type OutboundConfig } from './outbound-config.js';
import type { Sendable } from './outgoing.js';
import type { PlatformCloseEvent, PlatformEvent, PlatformMessageEvent } from './platform.js';
import type { WebSocketLike } from './web-socket-like.js';
import type { WebSocketMessageError } from './web-socket-message-error.js';

/** The options of `webSocket()` in `rxjs/webSocket`, and those of a connection, of an endpoint and of what waits to be sent. */
export interface WebSocketSubjectConfig<T>
  extends ConnectionOptions<WebSocketLike>, OutboundConfig, EndpointConfig<WebSocketLike, PlatformMessageEvent> {
  /** What to ask the peer to speak. @default nothing in particular */
  readonly protocol?: Protocols | undefined;
  /** Makes a message of a value. What it throws, `next` throws. @default JSON.stringify */
  readonly serializer?: ((value: T) => Sendable) | undefined;
  /** Makes a value of a message. @default JSON.parse of its data */
  readonly deserializer?: ((event: PlatformMessageEvent) => T) | undefined;
  /**
   * What becomes of a message that the deserializer throws at.
   *
   * - `'error'`: every subscriber gets a `WebSocketMessageError`, and the connection is closed
   * - `'skip'`: it is told by `events$` alone
   *
   * @default 'error'
   */
  readonly onBadMessage?: 'error' | 'skip' | undefined;
  /** Told each time that a connection is up, before anything is sent on it. */
  readonly openObserver?: NextObserver<PlatformEvent> | undefined;
  /** Told each time that a socket has closed, whoever closed it, also one that never opened. */
  readonly closeObserver?: NextObserver<PlatformCloseEvent> | undefined;
  /** Told before `complete()` or `error()` closes the socket. */
  readonly closingObserver?: NextObserver<void> | undefined;
  /** A WebSocket class, such as that of `ws`. Where it needs more than url and protocol, use `create`. @default the platform's */
  readonly WebSocketCtor?: (new (url: string, protocols?: string | string[]) => WebSocketLike) | undefined;
  /** As what binary messages come. @default what the WebSocket does by itself */
  readonly binaryType?: 'blob' | 'arraybuffer' | undefined;
}

export const subjectRules: Readonly<Record<keyof WebSocketSubjectConfig<unknown>, Rule>> = {
  ...endpointRules,
  ...connectionRules,
  ...outboundRules,
  protocol: protocolRule,
  serializer: { is: 'function' },
  deserializer: { is: 'function' },
  onBadMessage: { oneOf: ['error', 'skip'] },
  openObserver: { is: 'object' },
  closeObserver: { is: 'object' },
  closingObserver: { is: 'object' },
  WebSocketCtor: { is: 'function' },
  binaryType: { oneOf: ['blob', 'arraybuffer'] },
};

/** What a subject tells of its connection, and of what did not get through. */
export type WebSocketSubjectEvent =
  | Exclude<ConnectionEvent<WebSocketLike>, { readonly type: 'data' | 'reset' }>
  /** The connection was lost. Of what it had been given, at least `unsent` bytes did not go out. */
  | (Extract<ConnectionEvent<WebSocketLike>, { readonly type: 'reset' }> & { readonly unsent: number })
  /** The queue was full, or was given up by `unsubscribe()`: this message will not be sent. `total` counts them. */
  | { readonly type: 'dropped'; readonly message: Sendable; readonly total: number; readonly at: number }
  /** The deserializer has thrown. */
  | {
      readonly type: 'undecodable';
      readonly error: WebSocketMessageError;
      readonly data: unknown;
      readonly at: number;
    };
