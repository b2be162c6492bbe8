import type { Clock, Timer } from '../endpoint/clock.js';
import { setDeadline } from '../endpoint/deadline.js';
import { Deadlines } from '../limit/deadlines.js';
import type { Due } from './request-due.js';

/**
 * The deadlines of a client, with one timer for all of them.
 *
 * @internal
 */
export class RequestDeadlines {
  private readonly deadlines = new Deadlines<Due>();
  private size = 0;
  private timer: Timer | undefined;
  private timerAt = Infinity;

  constructor(private readonly clock: Clock) {}

  add(one: Due, timeout: number): void {
    if (timeout === Infinity) return;
    one.dueAt = this.clock.now() + timeout;
    this.deadlines.add(one, timeout);
    this.size++;
    if (one.dueAt < this.timerAt) this.arm(one.dueAt);
  }

  /** Those that do not stand here are left alone. */
  remove(one: Due): void {
    if (one.deadlines === undefined) return;
    this.deadlines.remove(one);
    this.size--;
    if (this.size > 0) return;
    this.timer?.cancel();
    this.timerAt = Infinity;
  }

  private arm(at: number): void {
    this.timer?.cancel();
    this.timerAt = at;
    this.timer = setDeadline(this.clock, at, this.ring);
    // What waits for a connection, or has one, keeps the process alive by itself.
    this.timer.unref();
  }

  private readonly ring = (): void => {
    this.timerAt = Infinity;
    const now = this.clock.now();
    const expired: Due[] = [];
    let next = Infinity;
    for (const { first } of this.deadlines.lists) {
      let one = first;
      for (; one !== undefined && one.dueAt <= now; one = one.later) expired.push(one);
      if (one !== undefined) next = Math.min(next, one.dueAt);
    }
    if (next < Infinity) this.arm(next);
    for (const one of expired) {
      // One of those before it may have ended it, or given it another deadline.
      if (one.deadlines === undefined || one.dueAt > now) continue;
      this.remove(one);
      one.expired();
    }
  };
}
