import type { Slot } from './slot.js';

/** Connections that are lent and may be lent once more at the same time, by how many have them. */
export class LoadSet<C> {
  private readonly byLoad: Set<Slot<C>>[] = [];

  /** Notes a slot by its `leases`. */
  add(slot: Slot<C>): void {
    (this.byLoad[slot.leases] ??= new Set()).add(slot);
  }

  /** To be called before its `leases` change. */
  remove(slot: Slot<C>): void {
    this.byLoad[slot.leases]?.delete(slot);
  }

  /** The one with the fewest loans; among equals the one that has had so many for longest. */
  least(): Slot<C> | undefined {
    for (const slots of this.byLoad) {
      // Loads that nobody has had yet leave holes.
      for (const slot of (slots as Set<Slot<C>> | undefined) ?? []) return slot;
    }
    return undefined;
  }
}
