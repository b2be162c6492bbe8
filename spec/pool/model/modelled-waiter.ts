import { Waiter } from '../../../src/pool/waiter.js';
import type { Thing, ThingSlot } from '../core-lab.js';
import { noReactions, type Reactions } from './move.js';

/** Whom waiters tell of what they hear. */
export interface Listener {
  granted(waiter: ModelledWaiter, slot: ThingSlot): void;
  failed(waiter: ModelledWaiter, error: unknown): void;
}

/** A waiter that reacts from within being told something. */
export class ModelledWaiter extends Waiter<Thing> {
  isTold = false;
  hasLeft = false;

  constructor(
    readonly id: number,
    private readonly listener: Listener,
    readonly reactions: Reactions = noReactions,
  ) {
    super();
  }

  granted(slot: ThingSlot): void {
    this.hear();
    this.listener.granted(this, slot);
  }

  failed(error: unknown): void {
    this.hear();
    this.listener.failed(this, error);
  }

  private hear(): void {
    if (this.isTold || this.hasLeft) throw new Error(`breach: waiter ${this.id} is told twice, or after it has left`);
    this.isTold = true;
  }
}
