import type { Clock, Timer } from './clock.js';

/** What fires later than this, in ms, fires late because something held the event loop up. */
const LATE = 50;

/**
 * Sets a timer for a deadline: what fires late gives the event loop one more turn before it counts, because what was waited for may have
 * arrived while nobody could look.
 */
export function setDeadline(clock: Clock, at: number, fn: () => void): Timer {
  return new Deadline(clock, at, fn);
}

class Deadline implements Timer {
  private timer: Timer;
  private keepsAlive = true;

  constructor(
    private readonly clock: Clock,
    private readonly at: number,
    private readonly fn: () => void,
  ) {
    this.timer = clock.set(at, this.fire);
  }

  cancel(): void {
    this.timer.cancel();
  }

  ref(): void {
    this.keepsAlive = true;
    this.timer.ref();
  }

  unref(): void {
    this.keepsAlive = false;
    this.timer.unref();
  }

  private readonly fire = (): void => {
    const now = this.clock.now();
    if (now - this.at <= LATE) {
      this.fn();
      return;
    }
    // What has arrived is told in the phase of the event loop between this timer and the next.
    this.timer = this.clock.set(now, this.fn);
    if (!this.keepsAlive) this.timer.unref();
  };
}
