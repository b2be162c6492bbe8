import type { Candidate } from './candidate.js';
import type { Ranking } from './picker.js';

/** The golden ratio, below 1: its multiples, taken modulo 1, keep apart however many there are. */
const GOLDEN = 0.618_033_988_749_895;

/**
 * Gives each its share of the turns, spread as evenly as can be: the earliest virtual deadline first, as Envoy's EDF scheduler has it. The
 * mark is the virtual time of the last turn, and the next is due a share's length after it. Who has been away has saved up nothing.
 */
export class FairQueue implements Ranking {
  /** Of the latest turn. It begins above 0, because a mark of 0 is that of someone who has had no turn yet. */
  private time = 1;

  constructor(
    private readonly share: (candidate: Candidate) => number,
    /** Whether equals with a small share are kept apart. Otherwise they come in one row, always in the same order. */
    private readonly isSpread: boolean,
  ) {}

  /** Time goes by in each pool on its own, even if they share a picker. */
  anew(): FairQueue {
    return new FairQueue(this.share, this.isSpread);
  }

  rank(candidate: Candidate): number {
    return candidate.mark === 0 ? 0 : candidate.mark + 1 / this.share(candidate);
  }

  picked(candidate: Candidate, turn: number): void {
    const isFirst = candidate.mark === 0;
    this.time = Math.max(this.time, this.rank(candidate));
    candidate.mark = this.time;
    // Those that begin together would stay together: the second turn comes earlier, each time by another part of a share.
    if (isFirst && this.isSpread) candidate.mark -= ((turn * GOLDEN) % 1) / this.share(candidate);
  }
}
