import type { SchedulerLike } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { endpointRules, type EndpointConfig } from '../endpoint/endpoint.js';

/** Options of a pool. Durations are in ms, and `Infinity` is never. */
export interface PoolConfig<S = unknown> extends EndpointConfig<S> {
  /** Names the pool in errors. @default the addresses, joined by commas */
  readonly name?: string;
  /** Connections kept open, also when nobody borrows. @default 0 */
  readonly min?: number;
  /** The most sockets owned at once, from the start of dialling until they have closed. @default 10 */
  readonly max?: number;
  /** As `min`, for each endpoint. @default 0 */
  readonly minPerEndpoint?: number;
  /** As `max`, for each endpoint. @default max */
  readonly maxPerEndpoint?: number;
  /** The most borrowers in the queue; a further one fails at once with `QueueFullError`. @default 10_000 */
  readonly maxWaiting?: number;
  /** The longest wait for a connection, over queue, connecting and checks; then `AcquireTimeoutError`. @default 30_000 */
  readonly acquireTimeout?: number;
  /** An idle connection above `min` is closed after this long. @default 30_000 */
  readonly idleTimeout?: number;
  /** Which idle connection is lent next: the last one used, or the longest idle. @default 'lifo' */
  readonly order?: 'lifo' | 'fifo';
  /** A connection idle for longer is validated before its grant, where the transport can. @default 500 */
  readonly validateAfter?: number;
  /** The longest that a hook (`prepare`, `validate`, restoring) and a close may take; the connection is then closed by force. @default 5_000 */
  readonly hookTimeout?: number;
  /** Where time comes from: a clock, or an RxJS scheduler. @default the system's monotonic clock */
  readonly clock?: Clock | SchedulerLike;
}

const count: Rule = { integer: [0, Number.MAX_SAFE_INTEGER] };
const limit: Rule = { integer: [1, Number.MAX_SAFE_INTEGER] };
const duration: Rule = { number: [0, Infinity] };

export const poolRules: Readonly<Record<keyof PoolConfig, Rule>> = {
  ...endpointRules,
  name: { is: 'string' },
  min: count,
  max: limit,
  minPerEndpoint: count,
  maxPerEndpoint: limit,
  maxWaiting: { anyOf: [count, { oneOf: [Infinity] }] },
  acquireTimeout: duration,
  idleTimeout: duration,
  order: { oneOf: ['lifo', 'fifo'] },
  validateAfter: duration,
};
