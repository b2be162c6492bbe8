import { DeadlineList, type Dated } from './deadline-list.js';

/** All who wait with a timeout, by their timeouts: joining and leaving do not depend on how many wait. */
export class Deadlines<T extends Dated<T>> {
  private readonly byTimeout = new Map<number, DeadlineList<T>>();
  /** The list used last, which is mostly the one used next. It is the only one that stays when nobody is left in it. */
  private latest: DeadlineList<T> | undefined;

  /** Each with those of one timeout, in the order of their deadlines. */
  get lists(): Iterable<DeadlineList<T>> {
    return this.byTimeout.values();
  }

  /** It joins now: who joins earlier has the earlier deadline. */
  add(one: T, timeout: number): void {
    const list = this.latest?.timeout === timeout ? this.latest : this.listOf(timeout);
    list.add(one);
  }

  /** Those that do not stand here are left alone. */
  remove(one: T): void {
    const list = one.deadlines;
    if (list === undefined) return;
    list.remove(one);
    if (list !== this.latest) this.forgetEmpty(list);
  }

  private listOf(timeout: number): DeadlineList<T> {
    const { byTimeout, latest } = this;
    if (latest !== undefined) this.forgetEmpty(latest);
    let list = byTimeout.get(timeout);
    if (list === undefined) byTimeout.set(timeout, (list = new DeadlineList(timeout)));
    this.latest = list;
    return list;
  }

  private forgetEmpty(list: DeadlineList<T>): void {
    if (list.first === undefined) this.byTimeout.delete(list.timeout);
  }
}
