import type { Slot } from './slot.js';

/**
 * Connections that are lent and may be lent once more at the same time, by how many have them: a heap, whose first has the fewest loans,
 * and among equals has had so many for longest.
 */
export class LoadSet<C> {
  private readonly heap: Slot<C>[] = [];
  private turns = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Notes a slot by its `leases`. */
  add(slot: Slot<C>): void {
    slot.loadTurn = this.turns++;
    slot.loadAt = this.heap.length;
    this.heap.push(slot);
    this.rise(slot);
  }

  /** To be called before its `leases` change. */
  remove(slot: Slot<C>): void {
    const { loadAt } = slot;
    if (loadAt < 0) return;
    slot.loadAt = -1;
    const last = this.heap.pop();
    if (last === undefined || last === slot) return;
    last.loadAt = loadAt;
    this.heap[loadAt] = last;
    this.rise(last);
    this.sink(last);
  }

  /** The one with the fewest loans; among equals the one that has had so many for longest. */
  least(): Slot<C> | undefined {
    return this.heap[0];
  }

  private rise(slot: Slot<C>): void {
    for (let at = slot.loadAt; at > 0;) {
      const up = (at - 1) >> 1;
      const parent = this.heap[up];
      if (parent === undefined || !isBefore(slot, parent)) return;
      this.put(parent, at);
      this.put(slot, up);
      at = up;
    }
  }

  private sink(slot: Slot<C>): void {
    for (let at = slot.loadAt; ;) {
      let next = this.heap[2 * at + 1];
      const right = this.heap[2 * at + 2];
      if (next === undefined) return;
      if (right !== undefined && isBefore(right, next)) next = right;
      if (!isBefore(next, slot)) return;
      const down = next.loadAt;
      this.put(next, at);
      this.put(slot, down);
      at = down;
    }
  }

  private put(slot: Slot<C>, at: number): void {
    this.heap[at] = slot;
    slot.loadAt = at;
  }
}

function isBefore(a: Slot<unknown>, b: Slot<unknown>): boolean {
  return a.leases === b.leases ? a.loadTurn < b.loadTurn : a.leases < b.leases;
}
