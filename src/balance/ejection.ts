import type { Complete } from '../endpoint/complete.js';
import type { EjectionChange, EjectionReason } from './ejection-change.js';
import type { EjectionConfig } from './ejection-config.js';
import type { EndpointRecord, Judged } from './endpoint-record.js';
import { findOutliers } from './find-outliers.js';

/** Less than any endpoint: 0.29 of 100 is a little under 29 in a computer. */
const HAIR = 1e-9;

/** Who has endpoints judged. */
export interface EjectionOwner<One> {
  changed(one: One, change: EjectionChange): void;
}

/**
 * Judges the endpoints of one pool by what becomes of their leases and connects: ejects those that go wrong for a time, has one borrower
 * try them after it, and lets them in again if that goes well.
 *
 * It is driven by calls, and has no timer: whoever drives it calls `tick` at `nextDeadline()`, which may have changed after any call. What
 * it tells, it tells when all is consistent, so the listener may call it at once.
 */
export class Ejection<One extends Judged> {
  private readonly all = new Set<One>();
  /** Those ejected or probing. */
  private readonly out = new Set<One>();
  private good = 0;
  /** `Infinity` while nothing has happened that could be judged: an idle pool needs no timer. */
  private intervalEnd = Infinity;
  /** The first of the deadlines of those who are out. */
  private outDeadline = Infinity;

  constructor(
    private readonly config: Complete<EjectionConfig>,
    private readonly chance: { readonly random: () => number },
    private readonly owner: EjectionOwner<One>,
  ) {}

  /** How many endpoints are out: ejected, or still to be tried. */
  get outCount(): number {
    return this.out.size;
  }

  /** Whether so few endpoints are good that ejections are ignored. */
  get isPanic(): boolean {
    return this.good < this.config.panic * this.all.size;
  }

  /** When `tick` is due; `Infinity` when nobody's time is running and nothing has happened since the last interval. */
  nextDeadline(): number {
    return Math.min(this.intervalEnd, this.outDeadline);
  }

  /** `startsSlowly`: it was found while the pool ran, and its first borrowers are to find it warm. */
  add(one: One, now: number, startsSlowly = false): void {
    if (this.all.has(one)) return;
    const { record } = one;
    record.forget(now);
    record.startDecay(now);
    if (startsSlowly) record.startSlowly(now, this.config.slowStart);
    this.all.add(one);
    if (record.isGood) this.good++;
  }

  /** Its record starts anew if it is added again, but for the totals and for how often in a row it was ejected. */
  remove(one: One, now: number): void {
    if (!this.all.has(one)) return;
    this.turn(one, 'in');
    if (one.record.isGood) this.good--;
    this.all.delete(one);
    one.record.forget(Infinity);
    if (this.out.size === this.all.size) this.readmitSoonest(now);
  }

  /** Whether it cannot be connected to at present. */
  setDown(one: One, isDown: boolean): void {
    this.update(one, (record) => (record.isDown = isDown));
  }

  /** It can be connected to again, after a time when it could not: it starts slowly, as whatever returns. */
  recovered({ record }: One, now: number): void {
    if (record.state === 'in') record.startSlowly(now, this.config.slowStart);
  }

  /** Whether it may have one more lease, or attempt to connect. */
  mayLend({ record }: One): boolean {
    if (record.state === 'in' || this.isPanic) return true;
    return record.state === 'probing' && !record.isOnTrial;
  }

  /** To be called for each lease, or attempt to connect for one: the first while probing is the probe, and nobody else may try. */
  probeBegan({ record }: One, now: number): void {
    if (record.state !== 'probing' || record.probeUntil !== Infinity) return;
    // A lease may well last for hours, and would keep the endpoint out for as long.
    record.probeUntil = now + this.config.baseTime;
    this.schedule();
  }

  /**
   * To be called for each lease, or attempt to connect for one, that ends without a verdict, as by an unsubscribe: the next may try.
   *
   * @param beganAt of the lease or the attempt
   */
  probeLeft({ record }: One, beganAt: number): void {
    if (record.state !== 'probing' || beganAt < record.countsFrom) return;
    record.probeUntil = Infinity;
    this.schedule();
  }

  /**
   * A lease has ended well. While the endpoint is probing it is let in again.
   *
   * @param beganAt when the lease began. One from before an ejection is counted, and is no verdict.
   */
  succeeded(one: One, beganAt: number, now: number): void {
    const { record } = one;
    record.successes++;
    if (beganAt < record.countsFrom) return;
    record.failuresInRow = 0;
    record.recentSuccesses++;
    record.recentTime += Math.max(0, now - beganAt);
    this.beginInterval(now);
    if (record.state === 'probing') this.readmit(one, now);
  }

  /**
   * A lease has ended by the fault of its endpoint, or an attempt to connect has failed.
   *
   * Waiting in vain because the pool is at its limit is never a failure of an endpoint, and a borrower who leaves says nothing about it
   * either: that is for {@link probeLeft}.
   *
   * @param beganAt when the lease or the attempt began. One from before an ejection is counted, and is no verdict.
   */
  failed(one: One, beganAt: number, now: number): void {
    const { record } = one;
    record.failures++;
    if (beganAt < record.countsFrom) return;
    record.failuresInRow++;
    record.recentFailures++;
    this.beginInterval(now);
    if (record.state === 'probing') this.eject(one, 'probe', now);
    else if (record.failuresInRow >= this.config.consecutive) this.ejectIfRoom(one, 'consecutive', now);
  }

  /** Ends what is over: ejections, probes that take too long, and the interval. */
  tick(now: number): void {
    for (const one of [...this.out]) {
      // Whoever was told of one before may have removed others, who then have no deadline.
      if (one.record.deadline <= now) this.reopen(one, now);
    }
    if (this.intervalEnd <= now) this.endInterval(now);
  }

  private beginInterval(now: number): void {
    if (this.intervalEnd === Infinity) this.intervalEnd = now + this.config.interval;
  }

  private endInterval(now: number): void {
    const all = [...this.all];
    const outliers = findOutliers(all, this.config);
    this.intervalEnd = Infinity;
    for (const { record } of all) {
      record.startInterval();
      if (record.state === 'in') record.decay(now, this.config.interval);
    }
    for (const { one, reason } of outliers) this.ejectIfRoom(one, reason, now);
  }

  private ejectIfRoom(one: One, reason: EjectionReason, now: number): void {
    // Whoever was told of one before may have removed others.
    if (one.record.state !== 'in' || !this.all.has(one) || this.out.size >= this.room()) return;
    one.record.decay(now, this.config.interval);
    this.eject(one, reason, now);
  }

  private room(): number {
    const { size } = this.all;
    return Math.min(size - 1, Math.max(1, Math.floor(size * this.config.maxEjected + HAIR)));
  }

  private eject(one: One, reason: EjectionReason, now: number): void {
    const { record } = one;
    const { baseTime, maxTime, jitter } = this.config;
    const longest = Math.max(baseTime, maxTime);
    // What is counted beyond that would only take longer to decay.
    if (baseTime * record.timesInRow < longest) record.timesInRow++;
    const times = record.timesInRow;
    const duration = Math.min(baseTime * times, longest) * (1 + jitter * this.chance.random());
    record.ejections++;
    record.forget(Infinity);
    record.until = now + duration;
    this.turn(one, 'ejected');
    this.owner.changed(one, { type: 'ejected', reason, duration, times });
  }

  private reopen(one: One, now: number): void {
    const { record } = one;
    if (record.state === 'probing') {
      // The probe under way is still a verdict when it ends, if nobody has come to another before.
      record.probeUntil = Infinity;
      this.schedule();
      return;
    }
    record.forget(now);
    this.turn(one, 'probing');
    this.owner.changed(one, { type: 'probing' });
  }

  private readmit(one: One, now: number): void {
    const { record } = one;
    record.probeUntil = Infinity;
    record.startSlowly(now, this.config.slowStart);
    record.startDecay(now);
    this.turn(one, 'in');
    this.owner.changed(one, { type: 'readmitted' });
  }

  /** All that are left are out, and never are all of them to be. */
  private readmitSoonest(now: number): void {
    let soonest: One | undefined;
    for (const one of this.out) if (one.record.until < (soonest?.record.until ?? Infinity)) soonest = one;
    if (soonest === undefined) return;
    if (soonest.record.state === 'ejected') soonest.record.forget(now);
    this.readmit(soonest, now);
  }

  private turn(one: One, state: EndpointRecord['state']): void {
    this.update(one, (record) => (record.state = state));
    if (state === 'in') this.out.delete(one);
    else this.out.add(one);
    this.schedule();
  }

  private update(one: One, change: (record: EndpointRecord) => void): void {
    const { record } = one;
    const wasGood = record.isGood;
    change(record);
    if (this.all.has(one)) this.good += Number(record.isGood) - Number(wasGood);
  }

  private schedule(): void {
    this.outDeadline = Infinity;
    for (const { record } of this.out) this.outDeadline = Math.min(this.outDeadline, record.deadline);
  }
}
