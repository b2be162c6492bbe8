import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotTable } from './slot-table.js';
import type { Slot } from './slot.js';

/** Lets several borrowers have one connection at the same time, up to `concurrency`. */
export class Sharing<C> {
  private orders = 0;

  constructor(
    private readonly table: SlotTable<C>,
    private readonly concurrency: number,
    private readonly maxUses: number,
  ) {}

  /** A connection is lent that nobody else has. */
  begin(slot: Slot<C>): void {
    this.table.moveOpen(slot, this.table.lent);
    if (this.concurrency > 1) this.set(slot, 1);
  }

  /** One that is lent already, and now once more: the one with the fewest loans, of one endpoint or of all. */
  take(now: number, only?: PooledEndpoint<C>): Slot<C> | undefined {
    if (this.concurrency === 1) return undefined;
    for (let slot = this.least(only); slot !== undefined; slot = this.least(only)) {
      if (now < slot.expiresAt && slot.uses + slot.leases < this.maxUses) {
        this.set(slot, slot.leases + 1);
        return slot;
      }
      this.stop(slot);
    }
    return undefined;
  }

  /** One loan is over. False when it was the last one. */
  end(slot: Slot<C>): boolean {
    if (slot.leases <= 1) {
      this.clear(slot);
      return false;
    }
    this.set(slot, slot.leases - 1);
    return true;
  }

  /** All loans are over. */
  clear(slot: Slot<C>): void {
    if (slot.leases === 0) return;
    this.stop(slot);
    slot.leases = 0;
  }

  /** It is not to be lent to anybody else. */
  stop(slot: Slot<C>): void {
    slot.endpoint.shared.remove(slot);
    slot.endpoint.changed?.();
  }

  private set(slot: Slot<C>, leases: number): void {
    const { shared } = slot.endpoint;
    shared.remove(slot);
    slot.leases = leases;
    const isTried = slot.endpoint.record.state !== 'in';
    if (leases < this.concurrency && slot.doom === undefined && !isTried) {
      slot.order = this.orders++;
      shared.add(slot, leases);
    }
    slot.endpoint.changed?.();
  }

  private least(only: PooledEndpoint<C> | undefined): Slot<C> | undefined {
    if (only !== undefined) return only.shared.first;
    let least: Slot<C> | undefined;
    for (const { shared } of this.table.endpoints) {
      const slot = shared.first;
      if (slot !== undefined && (least === undefined || slot.leases < least.leases)) least = slot;
    }
    return least;
  }
}
