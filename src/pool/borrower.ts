import type { Connection } from './connection.js';
import { Lease } from './lease.js';
import type { Slot } from './slot.js';
import { Waiter } from './waiter.js';

/** A waiter that gets a lease. */
export abstract class Borrower<S, D> extends Waiter<Connection<S, D>> {
  /** Ends the watch over its abort signal. */
  unwatch: (() => void) | undefined;

  protected abstract lent(lease: Lease<S, D>): void;
  protected abstract refused(error: unknown): void;

  granted({ connection }: Slot<Connection<S, D>>): void {
    this.unwatch?.();
    if (connection !== undefined) this.lent(new Lease(connection));
  }

  failed(error: unknown): void {
    this.unwatch?.();
    this.refused(error);
  }
}
