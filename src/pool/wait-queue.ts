import { DeadlineList } from './deadline-list.js';
import type { Waiter } from './waiter.js';

/** The borrowers that wait, first come first served. Joining, leaving and being served are O(1), however many wait. */
export class WaitQueue<C> {
  size = 0;
  /** How many have ever joined. */
  private joined = 0;
  private head: Waiter<C> | undefined;
  private tail: Waiter<C> | undefined;
  /** The list used last, which is mostly the one used next. */
  private latest: DeadlineList<C> | undefined;
  private readonly byTimeout = new Map<number, DeadlineList<C>>();

  push(waiter: Waiter<C>, now: number, timeout: number): void {
    waiter.queuedAt = now;
    waiter.number = this.joined++;
    waiter.queued = true;
    waiter.before = this.tail;
    if (this.tail === undefined) this.head = waiter;
    else this.tail.after = waiter;
    this.tail = waiter;
    this.size++;
    if (timeout !== Infinity) this.listOf(timeout).add(waiter);
  }

  /** Takes out the one that has waited longest. */
  shift(): Waiter<C> | undefined {
    const waiter = this.head;
    if (waiter !== undefined) this.remove(waiter);
    return waiter;
  }

  /** Takes a waiter out of any place; one that no longer waits is left alone. */
  remove(waiter: Waiter<C>): boolean {
    if (!waiter.queued) return false;
    const { before, after, deadlines } = waiter;
    if (before === undefined) this.head = after;
    else before.after = after;
    if (after === undefined) this.tail = before;
    else after.before = before;
    waiter.before = undefined;
    waiter.after = undefined;
    waiter.queued = false;
    this.size--;
    deadlines?.remove(waiter);
    return true;
  }

  /** Takes out those whose deadline has come, one after the other; of those who wait now, not of those who join meanwhile. */
  *expired(now: number): Generator<Waiter<C>> {
    // Whoever fails and asks again at once, with no time to wait, would else hold up the event loop.
    const among = this.joined;
    for (let one = this.takeExpired(now, among); one !== undefined; one = this.takeExpired(now, among)) yield one;
  }

  private takeExpired(now: number, among: number): Waiter<C> | undefined {
    for (const list of this.byTimeout.values()) {
      const { first } = list;
      if (first === undefined || first.queuedAt + list.timeout > now || first.number >= among) continue;
      this.remove(first);
      return first;
    }
    return undefined;
  }

  /** The next deadline, `Infinity` without one. Forgets timeouts that nobody uses any more. */
  nextDeadline(): number {
    let next = Infinity;
    for (const { first, timeout } of this.byTimeout.values()) {
      if (first === undefined) this.forget(timeout);
      else next = Math.min(next, first.queuedAt + timeout);
    }
    return next;
  }

  private forget(timeout: number): void {
    this.byTimeout.delete(timeout);
    if (this.latest?.timeout === timeout) this.latest = undefined;
  }

  private listOf(timeout: number): DeadlineList<C> {
    if (this.latest?.timeout === timeout) return this.latest;
    let list = this.byTimeout.get(timeout);
    if (list === undefined) this.byTimeout.set(timeout, (list = new DeadlineList(timeout)));
    this.latest = list;
    return list;
  }
}
