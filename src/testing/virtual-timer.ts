import type { Timer } from '../endpoint/clock.js';
import type { Heap } from '../endpoint/heap.js';

/** A timer of a `VirtualClock`, as it stands. */
export class VirtualTimer implements Timer {
  /** @internal */
  place = -1;
  /** Whether it would keep a process alive. */
  refed = true;

  /** @internal */
  constructor(
    readonly at: number,
    /** @internal */
    readonly order: number,
    readonly fn: () => void,
    private readonly heap: Heap<VirtualTimer>,
  ) {}

  cancel(): void {
    this.heap.remove(this);
  }

  ref(): void {
    this.refed = true;
  }

  unref(): void {
    this.refed = false;
  }
}
