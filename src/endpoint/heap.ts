/** What a {@link Heap} keeps. */
export interface Heaped {
  /** Where it stands in the heap, -1 outside. Changed by the heap only. */
  place: number;
  /** Tells apart those with the same rank: the lower one first. It stays as it is while the heap has it. */
  readonly order: number;
}

/**
 * Knows who has the lowest rank, and lets anybody leave from the middle. Each has four below it, which makes it half as deep as with two:
 * moving costs more than looking. What is compared stands side by side, so that nobody but who moves is looked up.
 */
export class Heap<T extends Heaped> {
  private readonly members: T[] = [];
  private readonly ranks: number[] = [];
  private readonly orders: number[] = [];

  get size(): number {
    return this.members.length;
  }

  get first(): T | undefined {
    return this.members[0];
  }

  /** `Infinity` where there is nobody. */
  get firstRank(): number {
    return this.ranks[0] ?? Infinity;
  }

  /** In no order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.members.values();
  }

  /** Nothing happens where it is in already. */
  add(one: T, rank: number): void {
    if (one.place < 0) this.rise(one, rank, this.members.length);
  }

  /** Nothing happens where it is not in. */
  remove(one: T): void {
    const { place } = one;
    if (place < 0) return;
    one.place = -1;
    const last = this.members.pop();
    const rank = this.ranks.pop();
    this.orders.pop();
    if (last === undefined || rank === undefined || last === one) return;
    this.sink(last, rank, place);
    if (last.place === place) this.rise(last, rank, place);
  }

  /** It has another rank now. Nothing happens where it is not in. */
  move(one: T, rank: number): void {
    const { place } = one;
    const before = this.ranks[place];
    if (before === undefined || before === rank) return;
    if (rank < before) this.rise(one, rank, place);
    else this.sink(one, rank, place);
  }

  private rise(one: T, rank: number, from: number): void {
    const { members, ranks, orders } = this;
    const { order } = one;
    let place = from;
    while (place > 0) {
      const up = (place - 1) >> 2;
      const parentRank = ranks[up] as number;
      if (parentRank < rank || (parentRank === rank && (orders[up] as number) < order)) break;
      this.put(members[up] as T, parentRank, orders[up] as number, place);
      place = up;
    }
    this.put(one, rank, order, place);
  }

  private sink(one: T, rank: number, from: number): void {
    const { members, ranks, orders } = this;
    const { length } = members;
    const { order } = one;
    let place = from;
    for (let child = 4 * place + 1; child < length; child = 4 * place + 1) {
      const end = Math.min(child + 4, length);
      let down = child;
      let least = ranks[child] as number;
      for (let at = child + 1; at < end; at++) {
        const other = ranks[at] as number;
        if (other > least || (other === least && (orders[at] as number) > (orders[down] as number))) continue;
        least = other;
        down = at;
      }
      if (least > rank || (least === rank && (orders[down] as number) > order)) break;
      this.put(members[down] as T, least, orders[down] as number, place);
      place = down;
    }
    this.put(one, rank, order, place);
  }

  private put(one: T, rank: number, order: number, place: number): void {
    this.members[place] = one;
    this.ranks[place] = rank;
    this.orders[place] = order;
    one.place = place;
  }
}
