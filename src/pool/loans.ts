import type { Clock } from '../endpoint/clock.js';
import type { Pass } from '../limit/pass.js';
import type { EventQueue } from './event-queue.js';
import type { Judge, Verdict } from './judge.js';
import { Loan, type Origin } from './loan.js';
import type { Recorder } from './recorder.js';
import type { Slot } from './slot.js';
import { TimeSum } from './time-sum.js';

type Ending = 'released' | 'destroyed' | 'detached';

interface LoansConfig {
  readonly events: EventQueue;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly leakAfter: number;
}

/** Notes when loans begin and end, and which are held too long. */
export class Loans {
  /** How many are under way, and how long all have taken. */
  readonly time: TimeSum;
  /** Whether all that are under way are watched for their leases being garbage collected. */
  areGuarded = false;
  private readonly events: EventQueue;
  private readonly clock: Clock;
  /** Those that may yet be held too long, from the oldest to the latest. */
  private readonly watched = new Set<Loan>();
  /** The ways out of the limits that loans which have ended have not gone yet. */
  private leaving: Pass[] = [];

  constructor(
    private readonly config: LoansConfig,
    private readonly recorder: Recorder,
    private readonly owner: { readonly judge: Judge<unknown>; wakeBy(at: number): void },
  ) {
    this.events = config.events;
    this.clock = config.clock;
    this.time = new TimeSum(this.clock.now());
  }

  begin(slot: Slot<unknown>, waited: number, now: number, origin?: Origin, pass?: Pass): void {
    this.time.begin(now);
    this.owner.judge.began(slot.endpoint, now);
    this.areGuarded = false;
    slot.lentAt = now;
    slot.waited = waited;
    slot.loan = undefined;
    if (origin !== undefined || pass !== undefined || this.config.concurrency > 1) {
      this.note(slot, new Loan(slot, now, waited, origin, pass));
    }
    if (this.events.observed) this.events.tell('borrowed', slot, { amount: waited });
  }

  /** Ends one loan, and returns the time. */
  end(
    slot: Slot<unknown>,
    loan: Loan | undefined,
    ending?: Ending,
    error?: unknown,
    verdict: Verdict = verdictOf(ending, error),
  ): number {
    const now = this.clock.now();
    const { lentAt, waited } = loan ?? slot;
    this.time.end(now);
    this.owner.judge.ended(slot.endpoint, verdict, lentAt, now);
    slot.uses++;
    if (loan !== undefined) {
      slot.loans?.delete(loan);
      // It would keep the lease and its stack for as long as the connection is idle.
      if (slot.loan === loan) slot.loan = undefined;
      this.watched.delete(loan);
      if (loan.pass !== undefined) this.leaving.push(loan.pass);
    }
    if (this.recorder.isDue(now)) {
      this.recorder.loanEnded(waited, now - lentAt, now);
      slot.endpoint.useTime.add(now - lentAt);
    }
    if (this.events.observed && ending !== undefined) this.events.tell(ending, slot, { amount: now - lentAt, error });
    return now;
  }

  /** Ends all loans of a connection, and returns how many there were. */
  endAll(slot: Slot<unknown>, ending?: Ending, error?: unknown): number {
    if (slot.leases === 0) {
      this.end(slot, slot.loan, ending, error);
      return 1;
    }
    const loans = [...(slot.loans ?? [])];
    // One loss is one failure, however many shared the connection.
    for (const loan of loans) this.end(slot, loan, ending, error, loan === loans[0] ? undefined : 'none');
    return loans.length;
  }

  /**
   * Gives back what limits have given leave for. Not before the connection has found its next place: others, also of other pools, are given
   * leave for it at once, and do what they like.
   */
  leaveLimits(): void {
    if (this.leaving.length === 0) return;
    const { leaving } = this;
    this.leaving = [];
    for (const pass of leaving) pass.exit();
  }

  /** Reports those that have been held for too long, each once. */
  tick(now: number): void {
    for (const loan of this.watched) {
      const held = now - loan.lentAt;
      if (held < this.config.leakAfter) return;
      this.watched.delete(loan);
      this.events.tell('leaked', loan.slot, { amount: held, origin: loan.origin, reason: 'held' });
    }
  }

  nextDeadline(): number {
    for (const { lentAt } of this.watched) return lentAt + this.config.leakAfter;
    return Infinity;
  }

  private note(slot: Slot<unknown>, loan: Loan): void {
    slot.loan = loan;
    (slot.loans ??= new Set()).add(loan);
    if (this.config.leakAfter === Infinity) return;
    this.watched.add(loan);
    this.owner.wakeBy(loan.lentAt + this.config.leakAfter);
  }
}

/** Without an ending the connection was lost. Whoever destroys a socket without an error may just not need it any more. */
function verdictOf(ending: Ending | undefined, error: unknown): Verdict {
  if (ending === 'released') return 'good';
  return ending === undefined || (ending === 'destroyed' && error !== undefined) ? 'bad' : 'none';
}
