import type { Pass } from '../limit/pass.js';
import type { Connection } from './connection.js';
import { inContext, type Within } from './in-context.js';
import { Lease } from './lease.js';
import type { Origin } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Slot } from './slot.js';
import { Waiter } from './waiter.js';
import type { Wish } from './wish.js';

/** A waiter that gets a lease. */
export abstract class Borrower<S, D> extends Waiter<Connection<S, D>> {
  wish: Wish<S, D> | undefined;
  // Declared only, since there may be very many borrowers, of whom few need these.
  declare within: Within | undefined;
  /** Ends the watch over its abort signal. */
  declare unwatch: (() => void) | undefined;

  override get priority(): number {
    return this.wish?.priority ?? 0;
  }

  override get endpoint(): PooledEndpoint<Connection<S, D>> | undefined {
    return this.wish?.endpoint;
  }

  override get key(): string | undefined {
    return this.wish?.key;
  }

  override moveTo(endpoint: PooledEndpoint<Connection<S, D>> | undefined): void {
    if (this.wish !== undefined) this.wish.endpoint = endpoint;
  }

  override get origin(): Origin | undefined {
    return this.wish?.origin;
  }

  override get pass(): Pass | undefined {
    return this.wish?.pass;
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
    else inContext(this.within, () => this.lent(lease));
  }

  failed(error: unknown): void {
    this.unwatch?.();
    this.pass?.withdraw();
    if (this.within === undefined) this.refused(error);
    else inContext(this.within, () => this.refused(error));
  }
}
