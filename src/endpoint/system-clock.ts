import type { Clock, Timer } from './clock.js';

/** `setTimeout` takes at most this; a later deadline is reached in steps. */
const LONGEST_TIMEOUT = 2_147_483_647;

/** When the time of day is ahead by more than this, in ms, the machine has slept. */
const SLEEP = 1_000;

/**
 * The platform's monotonic clock, and the time that the machine slept, read at most once a macrotask.
 *
 * A read costs about as much as a whole borrow, so its result serves until the next macrotask. The callback that ends it is
 * deliberately not unref'ed: an unref'ed one would let the event loop block with the old value still standing.
 */
export function systemClock(): Clock {
  return new SystemClock();
}

class SystemClock implements Clock {
  private time = 0;
  /** What the monotonic clock has missed: it stands still while the machine sleeps, but connections die all the same. */
  private slept = 0;
  private isFresh = false;

  now(): number {
    return this.isFresh ? this.time : this.read();
  }

  set(at: number, fn: () => void): Timer {
    return new SystemTimer(this, at, () => {
      // A timer may come before the macrotask that would end what was read last, however long ago that was.
      this.isFresh = false;
      fn();
    });
  }

  defer(fn: () => void): void {
    // Looked up at each call: a user's tests may fake the timers after this was loaded.
    if (typeof setImmediate === 'function') setImmediate(fn);
    else setTimeout(fn);
  }

  private read(): number {
    this.isFresh = true;
    this.time = performance.timeOrigin + performance.now() + this.slept;
    const missed = Date.now() - this.time;
    if (missed > SLEEP) {
      this.slept += missed;
      this.time += missed;
    }
    this.defer(this.expire);
    return this.time;
  }

  private readonly expire = (): void => {
    this.isFresh = false;
  };
}

class SystemTimer implements Timer {
  private handle: ReturnType<typeof setTimeout>;
  private keepsAlive = true;

  constructor(
    private readonly clock: Clock,
    private readonly at: number,
    private readonly fn: () => void,
  ) {
    this.handle = this.arm();
  }

  cancel(): void {
    clearTimeout(this.handle);
  }

  ref(): void {
    this.keepsAlive = true;
    // A browser's handle is a number and never keeps anything alive.
    if (typeof this.handle === 'object') this.handle.ref();
  }

  unref(): void {
    this.keepsAlive = false;
    if (typeof this.handle === 'object') this.handle.unref();
  }

  private arm(): ReturnType<typeof setTimeout> {
    const wait = Math.max(0, Math.ceil(this.at - this.clock.now()));
    if (wait <= LONGEST_TIMEOUT) return setTimeout(this.fn, wait);
    return setTimeout(() => {
      this.handle = this.arm();
      if (!this.keepsAlive) this.unref();
    }, LONGEST_TIMEOUT);
  }
}
