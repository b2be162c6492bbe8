import type { Waiter } from './waiter.js';

/** Waiters with the same timeout, which makes their order of arrival the order of their deadlines. */
export class DeadlineList<C> {
  first: Waiter<C> | undefined;
  private last: Waiter<C> | undefined;

  constructor(readonly timeout: number) {}

  add(waiter: Waiter<C>): void {
    waiter.deadlines = this;
    waiter.earlier = this.last;
    if (this.last === undefined) this.first = waiter;
    else this.last.later = waiter;
    this.last = waiter;
  }

  remove(waiter: Waiter<C>): void {
    const { earlier, later } = waiter;
    if (earlier === undefined) this.first = later;
    else earlier.later = later;
    if (later === undefined) this.last = earlier;
    else later.earlier = earlier;
    waiter.earlier = undefined;
    waiter.later = undefined;
    waiter.deadlines = undefined;
  }
}
