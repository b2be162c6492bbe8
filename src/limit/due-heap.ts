/** Whatever has something due at a time. */
export interface Due {
  dueAt: number;
}

/** Knows what is due first, and among equals any. */
export class DueHeap<T extends Due> {
  private readonly heap: T[] = [];

  get first(): T | undefined {
    return this.heap[0];
  }

  /** Its `dueAt` stays as it is for as long as it is here. */
  push(one: T): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.dueAt <= one.dueAt) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = one;
  }

  /** Takes out the first. */
  shift(): void {
    const { heap } = this;
    const one = heap.pop();
    if (one === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let next = heap[down];
      const right = heap[down + 1];
      if (next !== undefined && right !== undefined && right.dueAt < next.dueAt) {
        next = right;
        down++;
      }
      if (next === undefined || next.dueAt >= one.dueAt) break;
      heap[at] = next;
      at = down;
    }
    heap[at] = one;
  }
}
