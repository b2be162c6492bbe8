import type { EventQueue, Size } from './event-queue.js';
import type { PoolHost } from './pool-host.js';
import type { Sizing } from './sizing.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';

/** Makes a pool smaller, or its connections new, when it is told to. Its owner settles afterwards. */
export class Trimmer<C> {
  constructor(
    private readonly stock: Stock<C>,
    private readonly sizing: Sizing<C>,
    private readonly events: EventQueue,
    private readonly host: PoolHost<C>,
  ) {}

  /** Goes by other limits from now on. What is idle beyond them is closed now, what is lent when it comes back. */
  resize(size: Size): void {
    const { sizing } = this;
    const { slots, connecting } = this.stock.table;
    sizing.min = size.min;
    sizing.max = size.max;
    this.events.resized(size);
    for (const slot of [...slots].reverse()) if (sizing.isOver && slot.state === connecting) this.stock.abort(slot);
    this.trim(() => sizing.isOver);
    this.host.shrunk(sizing.reach);
  }

  /** Closes idle connections, longest idle first, until `keep` are open, but never what `min` keeps. Returns how many. */
  free(keep: number): number {
    return this.trim(() => this.stock.table.open > Math.max(keep, this.sizing.min));
  }

  /** Replaces every connection: what is idle now, what is lent when it comes back. */
  retire(): void {
    const { slots, empty } = this.stock.table;
    // Not what is opened meanwhile, in a slot that is empty now.
    const retiring = new Map<Slot<C>, C | undefined>();
    for (const slot of slots) if (slot.state !== empty) retiring.set(slot, slot.connection);
    // Whoever hears of the first may borrow, and must not get one of the others.
    for (const slot of retiring.keys()) if (slot.state.isOpen) slot.condemn('retired');
    for (const [slot, connection] of retiring) {
      // It may have been lost meanwhile, and another be in its slot.
      if (connection === undefined || slot.connection === connection) this.stock.dismiss(slot, 'retired');
    }
  }

  private trim(isTooMany: () => boolean): number {
    let closed = 0;
    // Of those that are idle now: what is opened at once for one that goes may be one too many again, without end.
    for (let left = this.stock.table.idle.size; left > 0 && isTooMany(); left--) {
      const slot: Slot<C> | undefined = this.stock.table.longestIdle((endpoint) => this.sizing.isAboveMin(endpoint));
      if (slot === undefined) break;
      this.stock.shut(slot, 'surplus');
      closed++;
    }
    return closed;
  }
}
