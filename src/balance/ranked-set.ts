import { Heap } from '../endpoint/heap.js';
import type { Candidate } from './candidate.js';
import { FairQueue } from './fair-queue.js';
import type { PickSet } from './pick-set.js';
import type { Ranking } from './picker.js';
import type { Picks } from './picks.js';
import type { Placed } from './placed.js';

/** Those that a picker ranks, the lowest rank first, and among equals whom the pool has known for longest. */
export class RankedSet<T extends Candidate & Placed> implements PickSet<T> {
  readonly isByLoad: boolean;
  private readonly heap = new Heap<T>();
  private turns = 0;

  constructor(
    private readonly ranking: Ranking,
    private readonly picks: Picks<T>,
  ) {
    this.isByLoad = !(ranking instanceof FairQueue);
  }

  get size(): number {
    return this.heap.size;
  }

  add(one: T): void {
    if (one.place < 0) this.heap.add(one, this.rankOf(one));
  }

  remove(one: T): void {
    this.heap.remove(one);
  }

  changed(one: T): void {
    if (one.place >= 0) this.heap.move(one, this.rankOf(one));
  }

  pick(): T | undefined {
    const { first } = this.heap;
    if (first === undefined) return undefined;
    // Nobody could be ranked.
    const one = this.heap.firstRank === Infinity ? this.picks.next(this.heap) : first;
    if (one !== undefined) this.tell(one);
    return one;
  }

  pickAmong(list: readonly T[]): T | undefined {
    let first: T | undefined;
    let least = Infinity;
    for (const one of list) {
      const rank = this.rankOf(one);
      if (rank < least || (rank === least && first !== undefined && one.order < first.order)) {
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
}
