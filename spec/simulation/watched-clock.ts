import type { Clock, Timer } from '../../src/endpoint/clock.js';
import type { VirtualClock } from '../../src/testing/virtual-clock.js';

/** The pool's own view of a clock that it shares with the network: it knows which timers are the pool's. */
export class WatchedClock implements Clock {
  private readonly timers = new Set<WatchedTimer>();
  private deferred = 0;

  constructor(private readonly clock: VirtualClock) {}

  now(): number {
    return this.clock.now();
  }

  set(at: number, fn: () => void): Timer {
    const timer = new WatchedTimer(this.clock, at, fn, this.timers);
    this.timers.add(timer);
    return timer;
  }

  defer(fn: () => void): void {
    this.deferred++;
    this.clock.defer(() => {
      this.deferred--;
      fn();
    });
  }

  /** Timers that are set. */
  get size(): number {
    return this.timers.size;
  }

  get isDeferring(): boolean {
    return this.deferred > 0;
  }

  /** Some timer would keep a process alive. */
  get keepsAlive(): boolean {
    for (const { refed } of this.timers) if (refed) return true;
    return false;
  }
}

class WatchedTimer implements Timer {
  refed = true;
  private readonly timer: Timer;

  constructor(
    clock: Clock,
    at: number,
    fn: () => void,
    private readonly among: Set<WatchedTimer>,
  ) {
    this.timer = clock.set(at, () => {
      among.delete(this);
      fn();
    });
  }

  cancel(): void {
    this.among.delete(this);
    this.timer.cancel();
  }

  ref(): void {
    this.refed = true;
  }

  unref(): void {
    this.refed = false;
  }
}
