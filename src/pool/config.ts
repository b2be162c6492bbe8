import type { ObservableInput, SchedulerLike } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { endpointRules, type EndpointConfig } from '../endpoint/endpoint.js';
import type { ConnectionHandler } from '../endpoint/to-handler.js';
import type { Transport } from '../endpoint/transport.js';
import type { Balance } from '../balance/balance.js';
import type { EjectionConfig } from '../balance/ejection-config.js';
import type { Picker } from '../balance/picker.js';
import type { Budget } from '../limit/budget.js';
import type { Limit } from '../limit/limit.js';
import type { Within } from './in-context.js';
import type { Logger } from './logger.js';

/** Options of a pool. Durations are in ms, and `Infinity` is never. */
export interface PoolConfig<S = unknown, D = unknown> extends EndpointConfig<S, D> {
  /** Names the pool in errors and logs. @default the addresses, joined by commas */
  readonly name?: string | undefined;
  /** Connections kept open, also when nobody borrows. @default 0 */
  readonly min?: number | undefined;
  /** The most sockets owned at once, from the start of dialling until they have closed. @default 10 */
  readonly max?: number | undefined;
  /** As `min`, for each endpoint. @default 0 */
  readonly minPerEndpoint?: number | undefined;
  /** As `max`, for each endpoint. @default max */
  readonly maxPerEndpoint?: number | undefined;
  /** The most borrowers in the queue; a further one fails at once with `QueueFullError`. @default 10_000 */
  readonly maxWaiting?: number | undefined;
  /** The longest wait for a connection, over queue, connecting and checks; then `AcquireTimeoutError`. @default 30_000 */
  readonly acquireTimeout?: number | undefined;
  /** Whether borrowers fail at once, with `UnavailableError`, while every endpoint that could serve them is down. @default false */
  readonly failFast?: boolean | undefined;
  /** An idle connection above `min` is closed after this long. @default 30_000 */
  readonly idleTimeout?: number | undefined;
  /** A connection is replaced after this long, once nobody has it. @default 1_800_000 */
  readonly maxLifetime?: number | undefined;
  /** The largest part of `maxLifetime` that is taken off at random, so that not all go at once; from 0 to 1. @default 0.1 */
  readonly lifetimeJitter?: number | undefined;
  /** A connection is replaced after so many loans. @default Infinity */
  readonly maxUses?: number | undefined;
  /**
   * Which endpoint is used next, by whoever takes any: a picker of `rxpool/balance`, or a function of your own. @default roundRobin()
   */
  readonly balance?: Picker | Balance | undefined;
  /**
   * Endpoints that go wrong are left alone for a time: after losses in a row, by the share of leases that go wrong, or by how long they take
   * beside those of the others. A lease goes wrong when its connection is lost, or by `destroy(error)`. @default nobody is ejected
   */
  readonly ejection?: EjectionConfig | undefined;
  /** Which idle connection of an endpoint is lent next: the last one used, or the longest idle. @default 'lifo' */
  readonly order?: 'lifo' | 'fifo' | undefined;
  /** Leases that a connection may have at the same time; those with the fewest are lent first. @default 1 */
  readonly concurrency?: number | undefined;
  /**
   * Asks the peer whether the connection is still good; only `true` is a yes. It replaces the transport's own. @default the transport's, if any
   */
  readonly validate?: ((socket: S, transport: Transport<S, D>) => boolean | ObservableInput<boolean>) | undefined;
  /** A connection not known to be good for longer is validated before its grant. @default 500 */
  readonly validateAfter?: number | undefined;
  /** An idle connection is validated this often. @default Infinity */
  readonly validateEvery?: number | undefined;
  /**
   * Makes a returned connection clean on the peer's side, before anybody else gets it. Waited for to its end; `false` or an error closes the
   * connection. @default nothing to do
   */
  readonly clean?: ((socket: S, transport: Transport<S, D>) => unknown) | undefined;
  /** The longest that a hook (`prepare`, `validate`, `clean`, restoring) and a close may take; the connection is then closed by force. @default 5_000 */
  readonly hookTimeout?: number | undefined;
  /** What arrives on an idle connection makes it unusable, or is kept for its next borrower. @default 'reset' */
  readonly onIdleData?: 'reset' | 'keep' | undefined;
  /** A lease held for longer is reported, with where it was borrowed. Costs a stack trace a borrow. @default Infinity */
  readonly leakAfter?: number | undefined;
  /** Limits the open sockets of several pools together. @default none */
  readonly budget?: Budget | undefined;
  /**
   * What each client may have, by the `key` of its borrows; made by `quota` and `rateLimit`, and passed in this order. Several pools may share
   * them. @default none
   */
  readonly limits?: readonly Limit[] | undefined;
  /** Whether a borrower over a limit waits, or fails at once with `LimitExceededError`. @default 'wait' */
  readonly overLimit?: 'wait' | 'error' | undefined;
  /** Gets a line for each event: pino, Nest's `Logger`, `console`, or anything with `print`. @default none */
  readonly logger?: Logger | undefined;
  /**
   * Makes one handler for each slot and the address it connects to; it hears of the slot's connections and, with `onData`, of all that
   * arrives. @default none
   */
  readonly handler?: ((slot: number, endpoint: string) => ConnectionHandler<S, D>) | undefined;
  /**
   * Remembers the async context of whoever borrows, so that its lease, what it reads by `data$` and the loss come in it: pass
   * `AsyncLocalStorage.snapshot`. @default none
   */
  readonly asyncContext?: (() => Within) | undefined;
  /** Where time comes from: a clock, or an RxJS scheduler. @default the system's monotonic clock */
  readonly clock?: Clock | SchedulerLike | undefined;
}

const count: Rule = { integer: [0, Number.MAX_SAFE_INTEGER] };
const limit: Rule = { integer: [1, Number.MAX_SAFE_INTEGER] };
const duration: Rule = { number: [0, Infinity] };
const endless: Rule = { oneOf: [Infinity] };

export const poolRules: Readonly<Record<keyof PoolConfig, Rule>> = {
  ...endpointRules,
  name: { is: 'string' },
  min: count,
  max: limit,
  minPerEndpoint: count,
  maxPerEndpoint: limit,
  maxWaiting: { anyOf: [count, endless] },
  acquireTimeout: duration,
  failFast: { is: 'boolean' },
  idleTimeout: duration,
  maxLifetime: { number: [1, Infinity] },
  lifetimeJitter: { number: [0, 1] },
  maxUses: { anyOf: [limit, endless] },
  order: { oneOf: ['lifo', 'fifo'] },
  balance: { anyOf: [{ is: 'object' }, { is: 'function' }] },
  ejection: { is: 'object' },
  concurrency: { anyOf: [limit, endless] },
  validate: { is: 'function' },
  validateAfter: duration,
  validateEvery: { number: [1, Infinity] },
  clean: { is: 'function' },
  onIdleData: { oneOf: ['reset', 'keep'] },
  leakAfter: { number: [1, Infinity] },
  budget: { is: 'object' },
  limits: { is: 'object' },
  overLimit: { oneOf: ['wait', 'error'] },
  logger: { anyOf: [{ is: 'object' }, { is: 'function' }] },
  handler: { is: 'function' },
  asyncContext: { is: 'function' },
};
