import type { Origin } from '../../../src/pool/loan.js';
import type { PooledEndpoint } from '../../../src/pool/pooled-endpoint.js';
import { Waiter } from '../../../src/pool/waiter.js';
import type { Thing, ThingSlot } from '../core-lab.js';
import { noReactions, type Reactions } from './move.js';

/** Whom waiters tell of what they hear. */
export interface Listener {
  granted(waiter: ModelledWaiter, slot: ThingSlot): void;
  failed(waiter: ModelledWaiter, error: unknown): void;
}

/** What a waiter asks for, and says of itself. */
interface WaiterWish {
  readonly priority?: number;
  readonly endpoint?: PooledEndpoint<Thing> | undefined;
  readonly origin?: Origin | undefined;
}

/** A waiter that reacts from within being told something. */
export class ModelledWaiter extends Waiter<Thing> {
  isTold = false;
  hasLeft = false;

  constructor(
    readonly id: number,
    private readonly listener: Listener,
    readonly reactions: Reactions = noReactions,
    private readonly wish: WaiterWish = {},
  ) {
    super();
  }

  override get priority(): number {
    return this.wish.priority ?? 0;
  }

  override get endpoint(): PooledEndpoint<Thing> | undefined {
    return this.wish.endpoint;
  }

  override get origin(): Origin | undefined {
    return this.wish.origin;
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
