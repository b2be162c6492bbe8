import type { Rule } from '../endpoint/check-config.js';
import type { WebSocketMessage } from './to-message.js';

/** How to find out that the peer is gone although nothing says so. Durations in ms. */
export interface HeartbeatConfig {
  /** From a sign of life to the next beat. @default 30_000 */
  readonly interval?: number | undefined;
  /** The longest that the sign of life after a beat may take; then the connection is lost. @default 10_000 */
  readonly timeout?: number | undefined;
  /** What a beat sends, or a function that makes it. @default a ping of the protocol, which only `ws` can send */
  readonly message?: WebSocketMessage | (() => WebSocketMessage) | undefined;
  /** Tells the messages that only answer a beat: nobody gets to read them. Every message is a sign of life. @default none */
  readonly isAnswer?: ((message: WebSocketMessage) => boolean) | undefined;
}

export const heartbeatRules: Readonly<Record<keyof HeartbeatConfig, Rule>> = {
  interval: { number: [1, Infinity] },
  timeout: { number: [1, Infinity] },
  message: { anyOf: [{ is: 'string' }, { is: 'object' }, { is: 'function' }] },
  isAnswer: { is: 'function' },
};
