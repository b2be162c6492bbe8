import { Samples } from './samples.js';
import type { Totals } from './totals.js';

/** The length of the window for rates, in ms, and of its steps. */
const WINDOW = 10_000;
const STEP = 1_000;

/** Which loans are sampled: all while they are few, then one in so many. */
const FIRST = 256;
const ONE_IN = 16;

interface Mark {
  readonly at: number;
  /** Loans ended in any way. */
  readonly ended: number;
  /** Borrowers that got nothing. */
  readonly refused: number;
  /** Loans that ended with the end of their connection. */
  readonly broken: number;
}

/** Counts what happens, and keeps what rates and quantiles are made of. Bounded, and nothing in it is done per waiting borrower. */
export class Recorder {
  readonly totals: Omit<Totals, 'borrowed'> = {
    opened: 0,
    failed: 0,
    lost: 0,
    closed: 0,
    released: 0,
    destroyed: 0,
    detached: 0,
    lostLent: 0,
    queued: 0,
    timedOut: 0,
    cancelled: 0,
    rejected: 0,
  };
  readonly connect: Samples = new Samples();
  readonly wait: Samples = new Samples();
  readonly use: Samples = new Samples();
  private marks: Mark[];
  private markAt: number;
  private sampled = 0;
  private untilSample = 1;

  constructor(now: number) {
    this.marks = [this.count(now)];
    this.markAt = now + STEP;
  }

  /** Whether the loan that ends now is one to be noted. Bare, because it is asked at the end of each. */
  isDue(now: number): boolean {
    return --this.untilSample <= 0 || now >= this.markAt;
  }

  /** Notes a loan that ends, before it is counted. */
  loanEnded(waited: number, held: number, now: number): void {
    this.wait.add(waited);
    this.use.add(held);
    this.sampled++;
    this.untilSample = this.sampled < FIRST ? 1 : ONE_IN;
    this.mark(now);
  }

  /**
   * Loans ended a second, and the share of borrows that got nothing or broke their connection, since the newest mark that is at least a
   * window old, or else the oldest; for at least a step.
   */
  rates(now: number): { throughput: number; errorRate: number } {
    const since = this.marks.findLast((mark) => mark.at <= now - WINDOW) ?? this.marks[0];
    if (since === undefined || this.markAt < now - WINDOW) return { throughput: 0, errorRate: 0 };
    const { ended, refused, broken } = this.count(now);
    const borrows = ended - since.ended + refused - since.refused;
    const bad = broken - since.broken + refused - since.refused;
    return {
      throughput: ((ended - since.ended) * 1_000) / Math.max(now - since.at, STEP),
      errorRate: borrows === 0 ? 0 : bad / borrows,
    };
  }

  /** Called before something is counted, so that the marks need no timer; after a quiet window they begin anew, without it. */
  mark(now: number): void {
    if (now < this.markAt) return;
    if (now > this.markAt + WINDOW) this.marks = [];
    this.markAt = now + STEP;
    this.marks.push(this.count(now));
    if (this.marks.length > WINDOW / STEP + 1) this.marks.shift();
  }

  private count(at: number): Mark {
    const { released, destroyed, detached, lostLent, timedOut, rejected } = this.totals;
    return {
      at,
      ended: released + destroyed + detached + lostLent,
      refused: timedOut + rejected,
      broken: destroyed + lostLent,
    };
  }
}
