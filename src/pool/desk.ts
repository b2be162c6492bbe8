import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { AbortWatch } from './abort-watch.js';
import { borrowRules, type BorrowConfig } from './borrow-config.js';
import type { Borrower } from './borrower.js';
import type { Within } from './in-context.js';
import type { Connection } from './connection.js';
import type { EventQueue } from './event-queue.js';
import { Lease } from './lease.js';
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
  readonly asyncContext: (() => Within) | undefined;
  readonly events: EventQueue;
  readonly errors: Pick<WaitErrors, 'aborted'>;
  readonly members: readonly Endpoint[];
}

/** Where every face of a borrow comes: for a lease at once, or for a place in the queue. */
export class Desk<S, D> {
  private readonly aborts = new AbortWatch();
  private readonly events: EventQueue;

  constructor(
    private readonly core: PoolCore<Connection<S, D>>,
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
  wish({ priority = 0, endpoint, label }: BorrowConfig): Wish<S, D> | undefined {
    const isWatched = this.config.leakAfter !== Infinity;
    const isNamed = label !== undefined || isWatched;
    if (priority === 0 && endpoint === undefined && !isNamed) return undefined;
    const stack = isWatched ? stackOf('borrowed') : undefined;
    return {
      priority,
      endpoint: endpoint === undefined ? undefined : this.endpointOf(endpoint),
      origin: isNamed ? { label, stack } : undefined,
    };
  }

  /** The async context of whoever asks, if that is wanted. */
  context(): Within | undefined {
    return this.config.asyncContext?.();
  }

  /** A lease at once, or none. */
  lease(wish?: Wish<S, D>): Lease<S, D> | undefined {
    const slot = this.core.borrow(wish?.origin, wish?.endpoint);
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
    else if (this.core.stock.closing) borrower.failed(new PoolClosedError(name));
    else {
      try {
        if (this.config.asyncContext !== undefined) borrower.within ??= this.context();
      } catch (error) {
        borrower.failed(error);
        return;
      }
      if (signal !== undefined) {
        borrower.unwatch = this.aborts.add(signal, (reason) => {
          const error = errors.aborted(borrower.queuedAt, reason, borrower.origin?.label);
          if (this.core.cancel(borrower)) borrower.failed(error);
        });
      }
      if (!this.core.enqueue(borrower, timeout)) borrower.failed(new QueueFullError(name, maxWaiting));
    }
  }

  /** Calls back when the signal aborts, until the returned function is called. */
  onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void {
    return this.aborts.add(signal, aborted);
  }

  /** Takes the borrower out of the queue, if it is still there. */
  leave(borrower: Borrower<S, D>): void {
    borrower.unwatch?.();
    this.core.cancel(borrower);
  }

  /** @throws TypeError if the pool has no such endpoint, or several with that address. */
  private endpointOf(wanted: NonNullable<BorrowConfig['endpoint']>, face = 'borrow'): PooledEndpoint<Connection<S, D>> {
    const { members } = this.config;
    const isWanted = (one: Endpoint): boolean => one === wanted || one.address === wanted;
    const at = members.findIndex(isWanted);
    const found = this.core.stock.table.endpoints[at];
    const name = JSON.stringify(typeof wanted === 'string' ? wanted : wanted.address);
    if (found === undefined) {
      const known = members.map(({ address }) => address).join(', ');
      throw new TypeError(`${face}: endpoint must be one of the pool's (${known}), got ${name}`);
    }
    if (members.findLastIndex(isWanted) === at) return found;
    throw new TypeError(`${face}: endpoint must be the endpoint itself, since the pool has several at ${name}`);
  }
}
