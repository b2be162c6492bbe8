import { Line } from '../limit/line.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Waiter } from './waiter.js';

/** Waiters with the same priority and the same wish for an endpoint. */
export class Lane<C> extends Line<Waiter<C>> {
  constructor(
    readonly priority: number,
    readonly endpoint: PooledEndpoint<C> | undefined,
  ) {
    super();
  }

  override push(waiter: Waiter<C>): void {
    super.push(waiter);
    waiter.lane = this;
    if (this.endpoint !== undefined) this.endpoint.waiting++;
  }

  override remove(waiter: Waiter<C>): void {
    super.remove(waiter);
    waiter.lane = undefined;
    if (this.endpoint !== undefined) this.endpoint.waiting--;
  }

  /** Whether a connection of the endpoint could serve those who stand here. */
  takes(endpoint: PooledEndpoint<C>): boolean {
    return this.endpoint === undefined ? !endpoint.isShunned : this.endpoint === endpoint;
  }
}
