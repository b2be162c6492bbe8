/** Remembers what keys have for at least `time` ms after they were last used, and forgets the others all at once. */
export class RecentKeys<T> {
  /** When some are to be forgotten; `Infinity` while there are none. */
  dueAt: number = Infinity;
  private recent = new Map<string, T>();
  private earlier = new Map<string, T>();

  constructor(private readonly time: number) {}

  get(key: string): T | undefined {
    return this.recent.get(key) ?? this.earlier.get(key);
  }

  /** The key is being used. */
  use(key: string, one: T, now: number): void {
    if (this.recent.has(key)) return;
    this.earlier.delete(key);
    this.recent.set(key, one);
    if (this.dueAt === Infinity) this.dueAt = now + this.time;
  }

  /** Forgets those that were last used before what is called recent now. */
  forget(now: number): void {
    this.earlier = this.recent;
    this.recent = new Map();
    this.dueAt = this.earlier.size > 0 ? now + this.time : Infinity;
  }
}
