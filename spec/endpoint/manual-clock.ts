import type { Clock, Timer } from '../../src/endpoint/clock.js';

/** More callbacks than any honest test runs in one `advance`: something is busy without letting time pass. */
const MOST_CALLBACKS = 100_000;

/** A timer that a {@link ManualClock} has set, as it stands. */
export class ManualTimer implements Timer {
  refed = true;
  cancelled = false;

  constructor(
    readonly at: number,
    readonly fn: () => void,
    private readonly drop: (timer: ManualTimer) => void,
  ) {}

  cancel(): void {
    this.cancelled = true;
    this.drop(this);
  }

  ref(): void {
    this.refed = true;
  }

  unref(): void {
    this.refed = false;
  }
}

/** A clock that stands still until a test advances it. It starts well above 0, so that a duration taken for a time shows. */
export class ManualClock implements Clock {
  private time: number;
  private readonly timers = new Set<ManualTimer>();
  private deferred: (() => void)[] = [];

  constructor(start = 1_000_000) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  set(at: number, fn: () => void): ManualTimer {
    const timer = new ManualTimer(at, fn, (one) => this.timers.delete(one));
    this.timers.add(timer);
    return timer;
  }

  defer(fn: () => void): void {
    this.deferred.push(fn);
  }

  /** Callbacks that have yet to run, deferred ones included. */
  get pending(): number {
    return this.timers.size + this.deferred.length;
  }

  /** Some pending timer would keep a process alive. */
  get keepsAlive(): boolean {
    return [...this.timers].some((timer) => timer.refed);
  }

  /** The pending timers, the next one first; of several for the same time, the one that was set first. */
  get upcoming(): readonly ManualTimer[] {
    return [...this.timers].sort((a, b) => a.at - b.at);
  }

  /** Lets `ms` pass and runs all that falls due meanwhile, each at its own time, deferred callbacks before timers. */
  advance(ms: number): void {
    const end = this.time + ms;
    let left = MOST_CALLBACKS;
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      if (left-- === 0) throw new Error(`the clock did not come to rest within ${MOST_CALLBACKS} callbacks`);
      next();
    }
    this.time = end;
  }

  /** Lets the event loop turn once: runs what is deferred, but not what that defers in its turn. No time passes. */
  turn(): void {
    const due = this.deferred;
    this.deferred = [];
    for (const fn of due) fn();
  }

  private next(end: number): (() => void) | undefined {
    const deferred = this.deferred.shift();
    if (deferred !== undefined) return deferred;
    let earliest: ManualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= end && (earliest === undefined || timer.at < earliest.at)) earliest = timer;
    }
    if (earliest === undefined) return undefined;
    this.timers.delete(earliest);
    this.time = Math.max(this.time, earliest.at);
    return earliest.fn;
  }
}
