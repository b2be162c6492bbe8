import type { PoolStats } from './stats.js';

/** What the demand is made of: numbers of a snapshot of a pool. */
export type Load = Pick<
  PoolStats,
  | ('at' | 'min' | 'max' | 'owned' | 'connecting' | 'leases' | 'waiting' | 'parked' | 'lentTime' | 'waitingTime')
  | ('opened' | 'borrowed' | 'timedOut' | 'cancelled' | 'rejected')
>;

/** What borrowers asked of a pool between two snapshots. */
export interface Demand {
  /** Loans that would have been under way at once, on average, had nobody waited. */
  readonly demand: number;
  /** How many more it would take to serve those who wait within as long a time again. */
  readonly backlog: number;
  /** How long a borrower waited, on average, in ms. */
  readonly wait: number;
}

/**
 * The demand between two snapshots.
 *
 * Little's law (John D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9, 1961): the loans under way at once are
 * the rate at which loans are asked for times the time that one takes. What all loans have taken together is that product for those who got
 * a connection. In a pool without room these are as many as it can serve, whatever is asked of it, so it is scaled to those who asked: the
 * ones served, and what the queue grew by. A queue that gets shorter shows that less was asked than was served.
 */
export function demandBetween(before: Load, after: Load): Demand {
  const lent = (after.lentTime - before.lentTime) / (after.at - before.at);
  const begun = after.borrowed - before.borrowed;
  const left = leftUnserved(after) - leftUnserved(before);
  const served = before.leases + begun;
  const asked = served + left + lacking(after) - lacking(before);
  const isScaled = served > 0 && wantsRoom(before, after);
  const all = begun + left + after.waiting;
  return {
    demand: isScaled ? (lent * asked) / served : lent,
    backlog: isScaled ? (lent * lacking(after)) / served : 0,
    wait: all > 0 ? (after.waitingTime - before.waitingTime) / all : 0,
  };
}

/**
 * Whether those who wait do so for want of room: every place is taken, and not by attempts that come to nothing, as where an address does
 * not answer.
 */
export function wantsRoom(before: Load, after: Load): boolean {
  return after.owned >= after.max && (after.connecting === 0 || after.opened > before.opened);
}

/** Borrowers who wait for a connection, not for leave to ask for one. */
function lacking({ waiting, parked }: Load): number {
  return waiting - parked;
}

/** Borrowers who did not get a connection. */
function leftUnserved({ timedOut, cancelled, rejected }: Load): number {
  return timedOut + cancelled + rejected;
}
