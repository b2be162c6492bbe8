import type { Quantiles } from './quantiles.js';
import type { PoolCore } from './pool-core.js';
import type { Totals } from './totals.js';

/** A snapshot of a pool in numbers. Counts since the pool was made are {@link Totals}; durations are in ms. */
export interface PoolStats extends Readonly<Totals> {
  /** When it was taken, in ms since the epoch. */
  readonly at: number;
  /** Connections by state. */
  readonly connecting: number;
  readonly idle: number;
  readonly lent: number;
  /** Leases that are out; more than `lent` where connections are shared. */
  readonly leases: number;
  readonly checking: number;
  readonly closing: number;
  /** All of them: sockets from the start of dialling until they have closed. */
  readonly owned: number;
  readonly min: number;
  readonly max: number;
  /** Borrowers in the queue. */
  readonly waiting: number;
  /** Those of them that have no leave of the pool's `limits` yet, whatever is idle. */
  readonly parked: number;
  /** Time of all loans so far, in ms, those under way included: what it grew by ÷ the time that passed is the mean of `leases`. */
  readonly lentTime: number;
  /** Time of all waits so far, in ms, those under way included. */
  readonly waitingTime: number;
  /** lent ÷ (idle + lent + checking); 0 while none is open. */
  readonly utilisation: number;
  /** Loans ended a second, over the last 10 s. */
  readonly throughput: number;
  /** (timed out + rejected + destroyed + lost while lent) ÷ (loans ended + timed out + rejected), over the last 10 s. */
  readonly errorRate: number;
  /** From the turn to dial until the connection was ready. */
  readonly connectTime: Quantiles;
  /** From the borrow to the grant; 0 where an idle connection was there. */
  readonly waitTime: Quantiles;
  /** From the grant to the end of the loan. */
  readonly useTime: Quantiles;
}

/** Takes a snapshot. Its cost does not depend on how many connections or waiters there are. */
export function statsOf<C>(core: PoolCore<C>, at: number): PoolStats {
  const { recorder, loans, sizing, queue } = core;
  const { connecting, idle, lent, checking, closing, owned, open } = core.stock.table;
  const { totals } = recorder;
  return {
    at,
    connecting: connecting.size,
    idle: idle.size,
    lent: lent.size,
    leases: loans.time.count,
    checking: checking.size,
    closing: closing.size,
    owned,
    min: sizing.min,
    max: sizing.max,
    waiting: queue.time.count,
    parked: queue.time.count - queue.size,
    lentTime: loans.time.at(at),
    waitingTime: queue.time.at(at),
    utilisation: open === 0 ? 0 : lent.size / open,
    ...recorder.rates(at),
    ...totals,
    borrowed: loans.time.count + totals.released + totals.destroyed + totals.detached + totals.lostLent,
    connectTime: recorder.connect.quantiles(),
    waitTime: recorder.wait.quantiles(),
    useTime: recorder.use.quantiles(),
  };
}
