/** How often each thing was met. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  merge(other: Iterable<readonly [string, number]>): void {
    for (const [what, count] of other) this.add(what, count);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** In alphabetical order. */
  [Symbol.iterator](): IterableIterator<[string, number]> {
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  }
}
