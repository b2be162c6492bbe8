/** Whoever may stand in a {@link Line}. */
export interface Lined<T> {
  /** Its neighbours, while it stands there. */
  before: T | undefined;
  after: T | undefined;
}

/** Those who wait, first come first served. One may leave from any place at the same small cost. */
export class Line<T extends Lined<T>> {
  first: T | undefined;
  size = 0;
  private last: T | undefined;

  /** From the first to the last, as they stand now. */
  each(): T[] {
    const all: T[] = [];
    for (let one = this.first; one !== undefined; one = one.after) all.push(one);
    return all;
  }

  push(one: T): void {
    one.before = this.last;
    if (this.last === undefined) this.first = one;
    else this.last.after = one;
    this.last = one;
    this.size++;
  }

  remove(one: T): void {
    const { before, after } = one;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    one.before = undefined;
    one.after = undefined;
    this.size--;
  }
}
