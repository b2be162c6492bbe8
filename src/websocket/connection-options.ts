import type { SchedulerLike } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import type { PerAttempt } from '../endpoint/per-attempt.js';
import type { HeartbeatConfig } from './heartbeat-config.js';
import type { WebSocketAttempt } from './web-socket-attempt.js';
import type { CloseLike, WebSocketLike } from './web-socket-like.js';

/** What every connection over a WebSocket takes. Durations in ms. */
export interface ConnectionOptions<S extends WebSocketLike> {
  /** Where to connect to: a value, or where to get it at each attempt, so that a token in it is fresh. */
  readonly url: PerAttempt<string | URL>;
  /** For a handshake that takes them, which the platform's does not: they need `create`. @default none */
  readonly headers?: PerAttempt<Readonly<Record<string, string>> | undefined> | undefined;
  /** Makes a WebSocket that begins to connect. @default the platform's `new WebSocket(url, protocols)` */
  readonly create?: ((attempt: WebSocketAttempt) => S) | undefined;
  /** The longest that connecting may take, asking for the url and its like included. @default 10_000 */
  readonly connectTimeout?: number | undefined;
  /** The longest that a close may take; then it is forced or, where that cannot be, no longer waited for. @default 1_000 */
  readonly closeTimeout?: number | undefined;
  /** How to find out that the peer is gone although nothing says so. @default by nothing */
  readonly heartbeat?: HeartbeatConfig | undefined;
  /** The most messages that may wait for somebody to read them; the connection is closed at the next one. @default 1_000 */
  readonly maxUnread?: number | undefined;
  /** Tells the closes that are meant: nobody dials again after one. @default none, so that a clean close is a loss as any */
  readonly isFinal?: ((close: CloseLike) => boolean) | undefined;
  /** Names the address in events and errors. @default the url without user, query and fragment */
  readonly address?: string | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | SchedulerLike | undefined;
}

const perAttempt: Rule = { anyOf: [{ is: 'string' }, { is: 'object' }, { is: 'function' }] };

export const connectionRules: Readonly<Record<keyof ConnectionOptions<WebSocketLike>, Rule>> = {
  url: perAttempt,
  headers: { anyOf: [{ is: 'object' }, { is: 'function' }] },
  create: { is: 'function' },
  connectTimeout: { number: [1, Infinity] },
  closeTimeout: { number: [0, Infinity] },
  heartbeat: { is: 'object' },
  maxUnread: { integer: [0, Number.MAX_SAFE_INTEGER] },
  isFinal: { is: 'function' },
  address: { is: 'string' },
  clock: { is: 'object' },
};

/** What a WebSocket may be asked to speak. */
export type Protocols = PerAttempt<string | readonly string[] | undefined>;

export const protocolRule: Rule = perAttempt;
