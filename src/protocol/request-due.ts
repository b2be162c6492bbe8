/** Something that has to be over in time. */
export interface Due {
  dueAt: number;
  /** Where it stands, while it does, and its neighbours there. */
  dueIn: DueLine | undefined;
  dueBefore: Due | undefined;
  dueAfter: Due | undefined;
  expired(): void;
}

/**
 * What has the same timeout, which makes the order of arrival that of the deadlines: whoever joins or leaves costs the
 * same, however many there are.
 *
 * @internal
 */
export class DueLine {
  first: Due | undefined;
  private last: Due | undefined;

  constructor(readonly timeout: number) {}

  push(one: Due): void {
    one.dueIn = this;
    one.dueBefore = this.last;
    if (this.last === undefined) this.first = one;
    else this.last.dueAfter = one;
    this.last = one;
  }

  remove(one: Due): void {
    const { dueBefore, dueAfter } = one;
    if (dueBefore === undefined) this.first = dueAfter;
    else dueBefore.dueAfter = dueAfter;
    if (dueAfter === undefined) this.last = dueBefore;
    else dueAfter.dueBefore = dueBefore;
    one.dueIn = undefined;
    one.dueBefore = undefined;
    one.dueAfter = undefined;
  }
}
