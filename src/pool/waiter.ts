import type { Dated, DeadlineList } from '../limit/deadline-list.js';
import type { Lined } from '../limit/line.js';
import type { Pass } from '../limit/pass.js';
import type { Lane } from './lane.js';
import type { Origin } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Slot } from './slot.js';

/** A borrower in the queue. Hears exactly one of `granted` and `failed`, unless it is withdrawn before. */
export abstract class Waiter<C> implements Lined<Waiter<C>>, Dated<Waiter<C>> {
  queuedAt = 0;
  /** How many had joined the queue before. */
  number = 0;
  /** Where it stands, while it waits. */
  lane: Lane<C> | undefined;
  /** Its neighbours in the lane. */
  before: Waiter<C> | undefined;
  after: Waiter<C> | undefined;
  /** Its neighbours among those who wait equally long, while it waits. */
  earlier: Waiter<C> | undefined;
  later: Waiter<C> | undefined;
  deadlines: DeadlineList<Waiter<C>> | undefined;

  /** Whoever has the highest is served first. */
  get priority(): number {
    return 0;
  }

  /** The only endpoint that will do, if not every one will. */
  get endpoint(): PooledEndpoint<C> | undefined {
    return undefined;
  }

  /** Who it is, for the loan. */
  get origin(): Origin | undefined {
    return undefined;
  }

  /** By which its endpoint was found, if it was. */
  get key(): string | undefined {
    return undefined;
  }

  /** Its key has another endpoint now. */
  moveTo?(endpoint: PooledEndpoint<C> | undefined): void;

  /** Its way through the limits of the pool, if there are any. */
  get pass(): Pass | undefined {
    return undefined;
  }

  comesBefore(other: Waiter<C>): boolean {
    return this.priority > other.priority || (this.priority === other.priority && this.number < other.number);
  }

  abstract granted(slot: Slot<C>): void;
  abstract failed(error: unknown): void;
}
