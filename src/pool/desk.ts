import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { LimitExceededError } from '../limit/limit-exceeded-error.js';
import type { Limit } from '../limit/limit.js';
import { Pass } from '../limit/pass.js';
import { AbortWatch } from './abort-watch.js';
import { borrowRules, NO_CONFIG, type BorrowConfig } from './borrow-config.js';
import type { Borrower } from './borrower.js';
import type { Within } from './in-context.js';
import type { Connection } from './connection.js';
import type { EventQueue } from './event-queue.js';
import { Lease } from './lease.js';
import { told } from './loan.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { PoolCore } from './pool-core.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { QueueFullError } from './queue-full-error.js';
import { stackOf } from './stack-of.js';
import type { WaitErrors } from './wait-errors.js';
import type { Wish } from './wish.js';

export interface DeskConfig {
  readonly name: string;
  readonly maxWaiting: number;
  readonly acquireTimeout: number;
  readonly leakAfter: number;
  /** Undefined where there are none. */
  readonly limits: readonly Limit[] | undefined;
  readonly overLimit: 'wait' | 'error';
  readonly asyncContext: (() => Within) | undefined;
  readonly events: EventQueue;
  readonly errors: Pick<WaitErrors, 'aborted'>;
}

/** Where every face of a borrow comes: for a lease at once, or for a place in the queue. */
export class Desk<S, D> {
  private readonly aborts = new AbortWatch();
  private readonly events: EventQueue;

  constructor(
    private readonly core: PoolCore<Connection<S, D>>,
    private readonly members: ReadonlyMap<PooledEndpoint<Connection<S, D>>, { readonly endpoint: Endpoint }>,
    private readonly config: DeskConfig,
  ) {
    this.events = config.events;
  }

  /** @throws TypeError or RangeError for a wrong option, by the name of the face that was called. */
  check(face: string, config: BorrowConfig, rules: Readonly<Record<string, Rule>> = borrowRules): void {
    checkConfig(face, config, rules);
    if (config.endpoint !== undefined) this.endpointOf(config.endpoint, face);
  }

  /** What the options ask for besides any connection, if anything; asked for anew for each borrow. */
  wish({ priority = 0, endpoint, label, key }: BorrowConfig): Wish<S, D> | undefined {
    const isWatched = this.config.leakAfter !== Infinity;
    const isNamed = label !== undefined || isWatched;
    const { limits } = this.config;
    if (limits === undefined && priority === 0 && endpoint === undefined && key === undefined && !isNamed)
      return undefined;
    const { balancer } = this.core.stock;
    const located = endpoint === undefined && balancer.hasKeys ? key : undefined;
    const home = located === undefined ? undefined : balancer.locate(located);
    const stack = isWatched ? stackOf('borrowed') : undefined;
    return {
      priority,
      endpoint: endpoint === undefined ? home : this.endpointOf(endpoint),
      key: located,
      origin: isNamed ? { label, stack } : undefined,
      pass: limits && new Pass(limits, key ?? ''),
    };
  }

  /** The same once more, for another borrow. */
  again(wish: Wish<S, D> | undefined): Wish<S, D> | undefined {
    const { limits } = this.config;
    if (wish === undefined) return undefined;
    const pass = wish.pass && limits && new Pass(limits, wish.pass.key);
    const endpoint = wish.key === undefined ? wish.endpoint : this.core.stock.balancer.locate(wish.key);
    return { ...wish, pass, endpoint };
  }

  /** The async context of whoever asks, if that is wanted. */
  context(): Within | undefined {
    return this.config.asyncContext?.();
  }

  /** A lease at once, or none and no wait. */
  leaseOrNone(): Lease<S, D> | undefined {
    const wish = this.wish(NO_CONFIG);
    const lease = this.lease(wish);
    if (lease === undefined) wish?.pass?.withdraw();
    return lease;
  }

  /** A lease at once, or none, and then the wish is for `wait`. */
  lease(wish?: Wish<S, D>): Lease<S, D> | undefined {
    const pass = wish?.pass;
    if (pass?.enter() === false) return undefined;
    const slot = this.core.borrow(wish?.origin, wish?.endpoint, pass);
    if (slot?.connection === undefined) return undefined;
    // The lease is there before anybody hears of it, and may end it.
    const lease = new Lease(slot.connection, slot.loan);
    if (this.events.observed) this.core.settle();
    return lease;
  }

  /** Stands the borrower in the queue, or refuses it. */
  wait(borrower: Borrower<S, D>, config: BorrowConfig, wish?: Wish<S, D>): void {
    const { timeout = this.config.acquireTimeout, signal } = config;
    const { name, maxWaiting, errors } = this.config;
    borrower.wish = wish;
    if (signal?.aborted) borrower.failed(signal.reason);
    else if (this.core.stock.isClosing) borrower.failed(new PoolClosedError(name));
    else if (wish?.pass?.isIn === false && this.config.overLimit === 'error') borrower.failed(this.excess(wish));
    else {
      try {
        if (this.config.asyncContext !== undefined) borrower.within ??= this.context();
      } catch (error) {
        borrower.failed(error);
        return;
      }
      if (signal !== undefined) {
        borrower.unwatch = this.aborts.add(signal, (reason) => {
          const { pass, queuedAt, origin } = borrower;
          // Whoever has no leave yet lacks nothing else.
          const error = pass?.isIn === false ? reason : errors.aborted(queuedAt, reason, origin?.label);
          if (this.core.lobby.cancel(borrower)) borrower.failed(error);
        });
      }
      if (!this.core.lobby.enqueue(borrower, timeout)) borrower.failed(new QueueFullError(name, maxWaiting));
    }
  }

  /** Calls back when the signal aborts, until the returned function is called. */
  onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void {
    return this.aborts.add(signal, aborted);
  }

  /** Takes the borrower out of the queue, if it is still there. */
  leave(borrower: Borrower<S, D>): void {
    borrower.unwatch?.();
    if (this.core.lobby.cancel(borrower)) borrower.pass?.withdraw();
  }

  private excess({ pass, origin }: Wish<S, D>): LimitExceededError {
    const { key = '', obstacle } = pass ?? {};
    const { name: limit = '', bound = '' } = obstacle ?? {};
    return new LimitExceededError({ pool: this.config.name, key, limit, bound, ...told({ label: origin?.label }) });
  }

  /** @throws TypeError if the pool has no such endpoint, or several with that address. */
  private endpointOf(wanted: NonNullable<BorrowConfig['endpoint']>, face = 'borrow'): PooledEndpoint<Connection<S, D>> {
    const known = [...this.members];
    const found = known.filter(([, { endpoint }]) => endpoint === wanted || endpoint.address === wanted);
    const [[only] = []] = found;
    const name = JSON.stringify(typeof wanted === 'string' ? wanted : wanted.address);
    if (only === undefined) {
      const addresses = known.map(([, { endpoint }]) => endpoint.address).join(', ');
      throw new TypeError(`${face}: endpoint must be one of the pool's (${addresses}), got ${name}`);
    }
    if (found.length === 1) return only;
    throw new TypeError(`${face}: endpoint must be the endpoint itself, since the pool has several at ${name}`);
  }
}
