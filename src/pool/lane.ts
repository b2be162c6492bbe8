import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Waiter } from './waiter.js';

/** Waiters with the same priority and the same wish for an endpoint, first come first served. */
export class Lane<C> {
  head: Waiter<C> | undefined;
  private tail: Waiter<C> | undefined;
  size = 0;

  constructor(
    readonly priority: number,
    readonly endpoint: PooledEndpoint<C> | undefined,
  ) {}

  push(waiter: Waiter<C>): void {
    waiter.lane = this;
    waiter.before = this.tail;
    if (this.tail === undefined) this.head = waiter;
    else this.tail.after = waiter;
    this.tail = waiter;
    this.size++;
    if (this.endpoint !== undefined) this.endpoint.waiting++;
  }

  remove(waiter: Waiter<C>): void {
    const { before, after } = waiter;
    if (before === undefined) this.head = after;
    else before.after = after;
    if (after === undefined) this.tail = before;
    else after.before = before;
    waiter.before = undefined;
    waiter.after = undefined;
    waiter.lane = undefined;
    this.size--;
    if (this.endpoint !== undefined) this.endpoint.waiting--;
  }

  /** Whether a connection of the endpoint could serve those who stand here. */
  takes(endpoint: PooledEndpoint<C>): boolean {
    return this.endpoint === undefined || this.endpoint === endpoint;
  }
}
