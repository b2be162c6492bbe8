import { AbortWatch } from './abort-watch.js';
import type { BorrowConfig } from './borrow-config.js';
import type { Borrower } from './borrower.js';
import type { Connection } from './connection.js';
import type { EventQueue } from './event-queue.js';
import { Lease } from './lease.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { PoolCore } from './pool-core.js';
import { QueueFullError } from './queue-full-error.js';

export interface DeskConfig {
  readonly name: string;
  readonly maxWaiting: number;
  readonly acquireTimeout: number;
  readonly events: EventQueue;
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

  /** A lease at once, or none. */
  lease(): Lease<S, D> | undefined {
    const connection = this.core.borrow()?.connection;
    if (connection === undefined) return undefined;
    // The lease is there before anybody hears of it, and may end it.
    const lease = new Lease(connection);
    if (this.events.observed) this.core.settle();
    return lease;
  }

  /** Stands the borrower in the queue, or refuses it. */
  wait(borrower: Borrower<S, D>, { timeout = this.config.acquireTimeout, signal }: BorrowConfig): void {
    const { name, maxWaiting } = this.config;
    if (signal?.aborted) borrower.failed(signal.reason);
    else if (this.core.stock.closing) borrower.failed(new PoolClosedError(name));
    else {
      if (signal !== undefined) {
        borrower.unwatch = this.aborts.add(signal, (reason) => {
          if (this.core.cancel(borrower)) borrower.failed(reason);
        });
      }
      if (!this.core.enqueue(borrower, timeout)) borrower.failed(new QueueFullError(name, maxWaiting));
    }
  }

  /** Takes the borrower out of the queue, if it is still there. */
  leave(borrower: Borrower<S, D>): void {
    borrower.unwatch?.();
    this.core.cancel(borrower);
  }
}
