import type { Slot } from './slot.js';

/**
 * The idle slots of one endpoint, from the longest idle to the latest.
 *
 * An array: lending and taking back at its end cost less than the links of a list. Only the loss of an idle connection has to search.
 */
export class IdleSet<C> {
  private readonly slots: Slot<C>[] = [];

  constructor(
    private readonly order: 'lifo' | 'fifo',
    /** Told when there is one after there was none, and when there is none any more. */
    private readonly owner?: { readonly changed: (() => void) | undefined },
  ) {}

  get size(): number {
    return this.slots.length;
  }

  get oldest(): Slot<C> | undefined {
    return this.slots[0];
  }

  /** The latest of those that fit. */
  newest(fits: (slot: Slot<C>) => boolean): Slot<C> | undefined {
    return this.slots.findLast(fits);
  }

  add(slot: Slot<C>): void {
    if (this.slots.push(slot) === 1) this.owner?.changed?.();
  }

  /** Puts one back to where it was before it was checked. */
  putBack(slot: Slot<C>): void {
    const at = this.slots.findLastIndex(({ idleSince }) => idleSince <= slot.idleSince);
    this.slots.splice(at + 1, 0, slot);
    if (this.slots.length === 1) this.owner?.changed?.();
  }

  /** The next to lend, by `order`: the latest keeps few connections busy and lets the others expire, the longest idle spreads the use. */
  take(): Slot<C> | undefined {
    if (this.slots.length === 0) return undefined;
    const slot = this.order === 'lifo' ? this.slots.pop() : this.slots.shift();
    if (this.slots.length === 0) this.owner?.changed?.();
    return slot;
  }

  remove(slot: Slot<C>): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) return;
    this.slots.splice(at, 1);
    if (this.slots.length === 0) this.owner?.changed?.();
  }

  /** From the longest idle to the latest; not to be changed meanwhile. */
  each(): Iterable<Slot<C>> {
    return this.slots;
  }

  snapshot(): Slot<C>[] {
    return [...this.slots];
  }
}
