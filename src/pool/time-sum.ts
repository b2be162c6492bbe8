/** What many things have taken together, in ms, those under way included. */
export class TimeSum {
  /** How many are under way. */
  count = 0;
  private sum = 0;

  /** @param origin times are counted from here, because large ones add up less exactly */
  constructor(private readonly origin: number) {}

  begin(now: number): void {
    this.count++;
    this.sum -= now - this.origin;
  }

  end(now: number): void {
    this.count--;
    this.sum += now - this.origin;
  }

  at(now: number): number {
    return this.sum + this.count * (now - this.origin);
  }
}
