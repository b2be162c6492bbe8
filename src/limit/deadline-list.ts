/** Whoever may stand in a {@link DeadlineList}. */
export interface Dated<T extends Dated<T>> {
  /** Where it stands, while it does, and its neighbours there. */
  deadlines: DeadlineList<T> | undefined;
  earlier: T | undefined;
  later: T | undefined;
}

/** Those with the same timeout, which makes their order of arrival the order of their deadlines. */
export class DeadlineList<T extends Dated<T>> {
  first: T | undefined;
  private last: T | undefined;

  constructor(readonly timeout: number) {}

  add(one: T): void {
    one.deadlines = this;
    one.earlier = this.last;
    if (this.last === undefined) this.first = one;
    else this.last.later = one;
    this.last = one;
  }

  remove(one: T): void {
    const { earlier, later } = one;
    if (earlier === undefined) this.first = later;
    else earlier.later = later;
    if (later === undefined) this.last = earlier;
    else later.earlier = earlier;
    one.earlier = undefined;
    one.later = undefined;
    one.deadlines = undefined;
  }
}
