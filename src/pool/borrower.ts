import type { Connection } from './connection.js';
import { Lease } from './lease.js';
import type { Origin } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Slot } from './slot.js';
import { Waiter } from './waiter.js';
import type { Wish } from './wish.js';

/** Runs a function in the async context that it was made in, as `AsyncLocalStorage.snapshot()` does. */
export type Within = (fn: () => void) => void;

/** A waiter that gets a lease. */
export abstract class Borrower<S, D> extends Waiter<Connection<S, D>> {
  wish: Wish<S, D> | undefined;
  within: Within | undefined;
  /** Ends the watch over its abort signal. */
  unwatch: (() => void) | undefined;

  override get priority(): number {
    return this.wish?.priority ?? 0;
  }

  override get endpoint(): PooledEndpoint<Connection<S, D>> | undefined {
    return this.wish?.endpoint;
  }

  override get origin(): Origin | undefined {
    return this.wish?.origin;
  }

  protected abstract lent(lease: Lease<S, D>): void;
  protected abstract refused(error: unknown): void;

  granted({ connection, loan }: Slot<Connection<S, D>>): void {
    this.unwatch?.();
    if (connection === undefined) return;
    this.give(new Lease(connection, loan));
  }

  /** Hands over a lease, in the async context of whoever asked. */
  protected give(lease: Lease<S, D>): void {
    if (this.within === undefined) this.lent(lease);
    else tell(this.within, () => this.lent(lease));
  }

  failed(error: unknown): void {
    this.unwatch?.();
    if (this.within === undefined) this.refused(error);
    else tell(this.within, () => this.refused(error));
  }
}

/** Runs `fn` once: in the context, or without it where that does not do what it should, since a lease that nobody gets would be lost. */
function tell(within: Within, fn: () => void): void {
  let isTold = false;
  const once = (): void => {
    if (isTold) return;
    isTold = true;
    fn();
  };
  try {
    within(once);
  } catch {
    // The next line does it.
  }
  once();
}
