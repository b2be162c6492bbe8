import type { Candidate } from './candidate.js';
import { FairQueue } from './fair-queue.js';
import type { PickSet } from './pick-set.js';
import type { Ranking } from './picker.js';
import type { Picks } from './picks.js';
import type { Placed } from './placed.js';

/**
 * Those that a picker ranks, the lowest rank first, and among equals the lowest index: a heap that knows where each stands. Each has four
 * below it, which makes it half as deep as with two: moving costs more than looking.
 */
export class RankedSet<T extends Candidate & Placed> implements PickSet<T> {
  readonly isByLoad: boolean;
  private readonly heap: T[] = [];
  private turns = 0;

  constructor(
    private readonly ranking: Ranking,
    private readonly picks: Picks<T>,
  ) {
    this.isByLoad = !(ranking instanceof FairQueue);
  }

  get size(): number {
    return this.heap.length;
  }

  add(one: T): void {
    if (one.place >= 0) return;
    const rank = this.rankOf(one);
    // The picker is foreign code, and may have come back here.
    if (one.place >= 0) return;
    one.rank = rank;
    this.rise(one, this.heap.length);
  }

  remove(one: T): void {
    const { place } = one;
    if (place < 0) return;
    one.place = -1;
    const last = this.heap.pop();
    if (last === undefined || last === one) return;
    this.sink(last, place);
    if (last.place === place) this.rise(last, place);
  }

  changed(one: T): void {
    if (one.place < 0) return;
    const rank = this.rankOf(one);
    if (rank === one.rank || one.place < 0) return;
    const isEarlier = rank < one.rank;
    one.rank = rank;
    if (isEarlier) this.rise(one, one.place);
    else this.sink(one, one.place);
  }

  pick(): T | undefined {
    const first = this.heap[0];
    if (first === undefined) return undefined;
    // Nobody could be ranked.
    const one = first.rank === Infinity ? this.picks.next(this.heap) : first;
    if (one !== undefined) this.tell(one);
    return one;
  }

  pickAmong(list: readonly T[]): T | undefined {
    let first: T | undefined;
    let least = Infinity;
    for (const one of list) {
      const rank = this.rankOf(one);
      if (rank < least || (rank === least && first !== undefined && one.index < first.index)) {
        first = one;
        least = rank;
      }
    }
    const one = first ?? this.picks.next(list);
    if (one !== undefined) this.tell(one);
    return one;
  }

  private tell(one: T): void {
    const { ranking } = this;
    const turn = ++this.turns;
    if (ranking.picked === undefined) return;
    try {
      ranking.picked(one, turn);
    } catch (error) {
      this.picks.threw(error);
    }
    this.changed(one);
  }

  /** Who cannot be ranked comes last. */
  private rankOf(one: T): number {
    try {
      const rank: unknown = this.ranking.rank(one);
      if (typeof rank === 'number' && !Number.isNaN(rank)) return rank;
      this.picks.ranked(one, rank);
    } catch (error) {
      this.picks.threw(error);
    }
    return Infinity;
  }

  private rise(one: T, from: number): void {
    const { heap } = this;
    let place = from;
    while (place > 0) {
      const up = (place - 1) >> 2;
      const parent = heap[up];
      if (parent === undefined || !isBefore(one, parent)) break;
      heap[place] = parent;
      parent.place = place;
      place = up;
    }
    heap[place] = one;
    one.place = place;
  }

  private sink(one: T, from: number): void {
    const { heap } = this;
    const { length } = heap;
    let place = from;
    for (let first = 4 * place + 1; first < length; first = 4 * place + 1) {
      const end = Math.min(first + 4, length);
      let down = place;
      let least = one;
      for (let at = first; at < end; at++) {
        const other = heap[at];
        if (other === undefined || !isBefore(other, least)) continue;
        least = other;
        down = at;
      }
      if (down === place) break;
      heap[place] = least;
      least.place = place;
      place = down;
    }
    heap[place] = one;
    one.place = place;
  }
}

function isBefore(a: Placed, b: Placed): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.index < b.index);
}
