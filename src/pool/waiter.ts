import type { DeadlineList } from './deadline-list.js';
import type { Slot } from './slot.js';

/** A borrower in the queue. Hears exactly one of `granted` and `failed`, unless it is withdrawn before. */
export abstract class Waiter<C> {
  queuedAt = 0;
  /** How many had joined the queue before. */
  number = 0;
  /** Its neighbours in the queue. */
  before: Waiter<C> | undefined;
  after: Waiter<C> | undefined;
  /** Its neighbours among those who wait equally long, while it waits. */
  earlier: Waiter<C> | undefined;
  later: Waiter<C> | undefined;
  deadlines: DeadlineList<C> | undefined;
  queued = false;

  abstract granted(slot: Slot<C>): void;
  abstract failed(error: unknown): void;
}
