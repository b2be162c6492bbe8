import { completeEjection } from '../balance/complete-ejection.js';
import type { EjectionConfig } from '../balance/ejection-config.js';
import { Ejection } from '../balance/ejection.js';
import type { Clock } from '../endpoint/clock.js';
import { isDown } from '../endpoint/is-down.js';
import type { Balancer } from './balancer.js';
import type { EventQueue } from './event-queue.js';
import type { PooledEndpoint } from './pooled-endpoint.js';

export interface JudgeConfig {
  /** Nobody is ejected without it. */
  readonly ejection: EjectionConfig | undefined;
  readonly random: () => number;
  readonly clock: Clock;
  readonly events: EventQueue;
}

/** What the end of a lease says about its endpoint: `none` = nothing, as when a borrower leaves. */
export type Verdict = 'good' | 'bad' | 'none';

/** Knows what becomes of the leases of each endpoint, and whether it may have any. */
export class Judge<C> {
  /** Something follows from how endpoints are now: whoever does it says so. */
  isDue = false;
  private readonly ejection: Ejection<PooledEndpoint<C>> | undefined;
  /** Those ejected, or still to be tried. */
  private readonly out = new Set<PooledEndpoint<C>>();
  private readonly clock: Clock;

  constructor(
    { ejection, random, clock, events }: JudgeConfig,
    private readonly balancer: Balancer<C>,
    private readonly owner: { wakeBy(at: number): void },
  ) {
    this.clock = clock;
    if (ejection === undefined) return;
    this.ejection = new Ejection(
      completeEjection(ejection),
      { random },
      {
        changed: (one: PooledEndpoint<C>, change) => {
          events.judged(one.address, change);
          if (change.type !== 'readmitted') this.out.add(one);
          else {
            this.leave(one);
            one.isFilling = true;
            this.warms(one);
          }
          this.isDue = true;
        },
      },
    );
  }

  /** Endpoints that are to be tried, and have no connection: a place is kept for each. */
  get awaited(): number {
    if (this.out.size === 0) return 0;
    let awaited = 0;
    for (const { owned, record } of this.out) if (owned === 0 && record.state === 'probing') awaited++;
    return awaited;
  }

  /** @param startsSlowly it has come when the pool had others already, and its first borrowers are to find it warm */
  added(endpoint: PooledEndpoint<C>, startsSlowly: boolean): void {
    if (this.ejection === undefined) return;
    this.ejection.add(endpoint, this.clock.now(), startsSlowly);
    if (startsSlowly) this.warms(endpoint);
  }

  removed(endpoint: PooledEndpoint<C>): void {
    this.ejection?.remove(endpoint, this.clock.now());
    this.leave(endpoint);
  }

  /** The endpoint's own status has changed. */
  statusChanged(endpoint: PooledEndpoint<C>, status: PooledEndpoint<C>['status']): void {
    const isBack = status === 'up' && isDown(endpoint.status);
    endpoint.status = status;
    this.ejection?.setDown(endpoint, isDown(status));
    if (isBack && this.ejection !== undefined) {
      this.ejection.recovered(endpoint, this.clock.now());
      this.warms(endpoint);
    }
    if (this.balancer.isByState) {
      // Nobody is sent there who could find out that it is back.
      endpoint.isDead ||= status === 'down';
      this.isDue = true;
      this.owner.wakeBy(this.clock.now());
    }
    this.wake();
  }

  /** A lease has begun. */
  began(endpoint: PooledEndpoint<C>, now: number): void {
    endpoint.leases++;
    if (!endpoint.isOneOfSeveral) return;
    this.balancer.loaded(endpoint);
    if (this.out.size === 0) return;
    this.ejection?.probeBegan(endpoint, now);
    this.wake();
  }

  /** A lease has ended. */
  ended(endpoint: PooledEndpoint<C>, verdict: Verdict, beganAt: number, now: number): void {
    const { ejection } = this;
    endpoint.leases--;
    if (ejection === undefined) {
      if (verdict === 'good') endpoint.record.successes++;
      else if (verdict === 'bad') endpoint.record.failures++;
    } else if (verdict === 'good') ejection.succeeded(endpoint, beganAt, now);
    else if (verdict === 'bad') ejection.failed(endpoint, beganAt, now);
    else ejection.probeLeft(endpoint, beganAt);
    if (!endpoint.isOneOfSeveral) return;
    endpoint.took(now - beganAt, now);
    this.balancer.loaded(endpoint);
    this.wake();
  }

  /** Whether a connection may be opened there; who wants no other endpoint gets it all the same. */
  mayOpen(endpoint: PooledEndpoint<C>): boolean {
    if (this.ejection === undefined || endpoint.waiting > 0) return true;
    if (!this.ejection.mayLend(endpoint)) return false;
    return (
      endpoint.record.state !== 'probing' || endpoint.connecting + endpoint.idle.size === 0 || this.ejection.isPanic
    );
  }

  /** Whether the endpoint's turn has come to be tried, for its own sake. */
  isToTry(endpoint: PooledEndpoint<C>): boolean {
    return endpoint.record.state === 'probing';
  }

  /** Whether a connection that comes free there is to be closed. */
  isOut({ isShunned, waiting }: PooledEndpoint<C>): boolean {
    return isShunned && waiting === 0;
  }

  tick(now: number): void {
    this.ejection?.tick(now);
    this.shun();
  }

  nextDeadline(): number {
    return this.ejection?.nextDeadline() ?? Infinity;
  }

  private warms(endpoint: PooledEndpoint<C>): void {
    this.balancer.warms(endpoint);
    this.owner.wakeBy(this.clock.now());
  }

  private leave(endpoint: PooledEndpoint<C>): void {
    this.out.delete(endpoint);
    endpoint.isShunned = false;
    this.balancer.place(endpoint);
  }

  /** Something has been told to `ejection`, which may have changed whom it lets be lent, and until when. */
  private wake(): void {
    if (this.ejection === undefined) return;
    this.shun();
    this.owner.wakeBy(this.ejection.nextDeadline());
  }

  /** Keeps those who take any endpoint from those that are ejected, or on trial; unless too few are left. */
  private shun(): void {
    for (const one of this.out) {
      one.isShunned = (one.record.state === 'ejected' || one.record.isOnTrial) && this.ejection?.isPanic !== true;
      this.balancer.place(one);
    }
  }
}
