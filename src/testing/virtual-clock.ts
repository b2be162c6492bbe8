import type { Clock } from '../endpoint/clock.js';
import { Heap } from '../endpoint/heap.js';
import { VirtualTimer } from './virtual-timer.js';

/** More callbacks than any honest code runs at one instant: something is busy without letting time pass. */
const MOST_CALLBACKS = 100_000;

/** Taken when this is loaded: a test runner may fake it later, and then promises would never settle. */
const macrotask: (fn: () => void) => void = typeof setImmediate === 'function' ? setImmediate : setTimeout;

/**
 * A clock that stands still until it is told to move: give it to a pool, an endpoint or a simulated network, and hours pass in
 * milliseconds, the same way each time.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { createNetwork, VirtualClock } from 'rxpool/testing';
 *
 * const clock = new VirtualClock();
 * const network = createNetwork({ clock });
 * const pool = createPool(network.tcp('cache:11211'), { clock, acquireTimeout: 5_000 });
 *
 * pool.borrow().subscribe({ error: (timeout) => console.log(timeout) });
 * clock.advance(5_000);
 * ```
 */
export class VirtualClock implements Clock {
  private time: number;
  private orders = 0;
  private readonly timers = new Heap<VirtualTimer>();
  private deferred: (() => void)[] = [];
  /** How many of `deferred` have run. */
  private done = 0;

  /** @param start ms since the epoch; well above 0, so that a duration taken for a time shows */
  constructor(start = 1_000_000) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  set(at: number, fn: () => void): VirtualTimer {
    const timer = new VirtualTimer(at, this.orders++, fn, this.timers);
    this.timers.add(timer, at);
    return timer;
  }

  defer(fn: () => void): void {
    this.deferred.push(fn);
  }

  /** Callbacks that have yet to run, deferred ones included. */
  get pending(): number {
    return this.timers.size + this.deferred.length - this.done;
  }

  /** Some pending timer would keep a process alive. */
  get keepsAlive(): boolean {
    for (const { refed } of this.timers) if (refed) return true;
    return false;
  }

  /** The pending timers, the next one first; of several for the same time, the one that was set first. */
  get upcoming(): readonly VirtualTimer[] {
    return [...this.timers].sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /**
   * Lets `ms` pass and runs all that falls due meanwhile, each at its own time, deferred callbacks before timers. Everything happens
   * within the call; promises settle after it, so use {@link advanceAsync} where code awaits.
   *
   * @throws Error when callbacks go on for ever without letting time pass, RangeError when `ms` is no time
   */
  advance(ms: number): void {
    for (const callback of this.due(this.after(ms))) callback();
  }

  /**
   * As {@link advance}, and lets promises settle before and after each callback, as an event loop does.
   *
   * @throws Error when callbacks go on for ever without letting time pass, RangeError when `ms` is no time
   */
  async advanceAsync(ms: number): Promise<void> {
    const due = this.due(this.after(ms));
    await settled();
    for (const callback of due) {
      callback();
      await settled();
    }
  }

  /** Lets the event loop turn once: runs what is deferred, but not what that defers in its turn. No time passes. */
  turn(): void {
    for (let left = this.deferred.length - this.done; left > 0; left--) this.nextDeferred()?.();
  }

  private after(ms: number): number {
    if (!(ms >= 0)) throw new RangeError(`advance: ms must be a number from 0, got ${ms}`);
    return this.time + ms;
  }

  /** What falls due until `end`, one after the other, each at its own time; then it is `end`. */
  private *due(end: number): Generator<() => void> {
    let instant = this.time;
    let left = MOST_CALLBACKS;
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      if (this.time !== instant) left = MOST_CALLBACKS;
      instant = this.time;
      if (left-- === 0) throw new Error(`the clock did not come to rest within ${MOST_CALLBACKS} callbacks`);
      yield next;
    }
    this.time = Math.max(this.time, end);
  }

  private next(end: number): (() => void) | undefined {
    const deferred = this.nextDeferred();
    if (deferred !== undefined) return deferred;
    const timer = this.timers.first;
    if (timer === undefined || timer.at > end) return undefined;
    this.timers.remove(timer);
    this.time = Math.max(this.time, timer.at);
    return timer.fn;
  }

  private nextDeferred(): (() => void) | undefined {
    const fn = this.deferred[this.done];
    if (fn === undefined) return undefined;
    this.done++;
    if (this.done === this.deferred.length) {
      this.deferred = [];
      this.done = 0;
    }
    return fn;
  }
}

/** Every promise reaction that is due has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    macrotask(resolve);
  });
}
