/** Points on a ring, in order, and whose they are. Coming and going moves those behind, and sorts nothing. */
export class PointList {
  length = 0;
  ids: Uint32Array = new Uint32Array(0);
  private points = new Uint32Array(0);

  /** The first at or after the point, `length` where there is none. */
  from(point: number): number {
    const { length } = this;
    // Hashes are even, so it cannot be far from where it would be if they were quite even.
    const guess = Math.floor((point / 2 ** 32) * length);
    let reach = 16;
    while (reach < length && !this.isBetween(point, guess - reach, guess + reach)) reach *= 4;
    return this.search(point, Math.max(guess - reach, 0), Math.min(guess + reach, length));
  }

  /** Adds sorted points. On a point that others have as well, it comes after those that `isAfter` says. */
  insert(added: Uint32Array, id: number, isAfter: (other: number) => boolean): void {
    let end = this.length;
    this.length += added.length;
    this.reserve(this.length);
    // From the last one on, so that each of those in between is moved once, to where it stays.
    for (let left = added.length; left > 0; left--) {
      const point = added[left - 1] ?? 0;
      let at = this.search(point, 0, end);
      while (at < end && this.points[at] === point && isAfter(this.ids[at] ?? 0)) at++;
      this.move(at, end, at + left);
      this.points[at + left - 1] = point;
      this.ids[at + left - 1] = id;
      end = at;
    }
  }

  /** Takes out sorted points that are all there. */
  remove(removed: Uint32Array, id: number): void {
    let to = 0;
    let start = 0;
    let gone = 0;
    for (const point of removed) {
      let at = this.search(point, start, this.length);
      while (at < this.length && this.ids[at] !== id) at++;
      if (gone > 0) this.move(start, at, to);
      to = at - gone;
      start = at + 1;
      gone++;
    }
    this.move(start, this.length, to);
    this.length -= gone;
  }

  private isBetween(point: number, low: number, high: number): boolean {
    const { points, length } = this;
    return (low < 0 || (points[low] ?? 0) < point) && (high >= length || (points[high] ?? 0) >= point);
  }

  private search(point: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.points[middle] ?? 0) < point) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private move(start: number, end: number, to: number): void {
    this.points.copyWithin(to, start, end);
    this.ids.copyWithin(to, start, end);
  }

  private reserve(length: number): void {
    if (length <= this.points.length) return;
    const { points, ids } = this;
    const capacity = Math.max(length, 2 * points.length);
    this.points = new Uint32Array(capacity);
    this.ids = new Uint32Array(capacity);
    this.points.set(points);
    this.ids.set(ids);
  }
}
