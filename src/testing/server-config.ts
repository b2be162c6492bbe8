import type { Rule } from '../endpoint/check-config.js';
import type { Latency } from './latency.js';

/** How a simulated server, and the way to it, behave. */
export interface ServerConfig {
  /** How long a message takes, one way, in ms. @default the network's latency */
  readonly latency?: Latency | undefined;
  /** How long the server takes to accept a connection, in ms. @default 0 */
  readonly acceptDelay?: Latency | undefined;
  /** What becomes of an attempt to connect; asked at each one. @default accept */
  readonly accept?: (() => 'accept' | 'refuse' | 'ignore') | undefined;
  /** Bytes that may be under way or unread in each direction of a connection; a writer of more waits. @default 65_536 */
  readonly window?: number | undefined;
  /** The largest piece in which written bytes arrive. @default Infinity */
  readonly segment?: number | undefined;
}

export const latencyRule: Rule = { anyOf: [{ number: [0, Infinity] }, { is: 'function' }] };

export const serverRules: Readonly<Record<keyof ServerConfig, Rule>> = {
  latency: latencyRule,
  acceptDelay: latencyRule,
  accept: { is: 'function' },
  window: { integer: [1, Number.MAX_SAFE_INTEGER] },
  segment: { anyOf: [{ integer: [1, Number.MAX_SAFE_INTEGER] }, { oneOf: [Infinity] }] },
};
