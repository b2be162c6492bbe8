/** What a {@link TimerHeap} keeps in order. */
export interface HeapTimer {
  readonly at: number;
  /** Tells apart those for the same time: the lower one first. */
  readonly order: number;
  /** Where it stands in the heap, -1 outside. Changed by the heap only. */
  place: number;
}

/** Timers, the next one first: a binary heap that a timer can leave from the middle. */
export class TimerHeap<T extends HeapTimer> {
  private readonly timers: T[] = [];

  get size(): number {
    return this.timers.length;
  }

  get first(): T | undefined {
    return this.timers[0];
  }

  /** In no order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.timers.values();
  }

  add(timer: T): void {
    this.rise(timer, this.timers.length);
  }

  remove(timer: T): void {
    const { place } = timer;
    if (place < 0) return;
    timer.place = -1;
    const last = this.timers.pop() as T;
    if (last === timer) return;
    this.sink(last, place);
    if (last.place === place) this.rise(last, place);
  }

  private rise(timer: T, from: number): void {
    const { timers } = this;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = timers[above] as T;
      if (!isBefore(timer, parent)) break;
      this.put(parent, place);
      place = above;
    }
    this.put(timer, place);
  }

  private sink(timer: T, from: number): void {
    const { timers } = this;
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= timers.length) break;
      const right = left + 1;
      const below = right < timers.length && isBefore(timers[right] as T, timers[left] as T) ? right : left;
      const child = timers[below] as T;
      if (!isBefore(child, timer)) break;
      this.put(child, place);
      place = below;
    }
    this.put(timer, place);
  }

  private put(timer: T, place: number): void {
    this.timers[place] = timer;
    timer.place = place;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
