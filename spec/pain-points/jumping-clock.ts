import type { Clock, Timer } from '../../src/index.js';

/** A clock that runs with another one, and can jump ahead of all its timers: a process that was frozen, a machine that was asleep. */
export class JumpingClock implements Clock {
  private ahead = 0;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now() + this.ahead;
  }

  set(at: number, fn: () => void): Timer {
    return this.clock.set(at - this.ahead, fn);
  }

  defer(fn: () => void): void {
    this.clock.defer(fn);
  }

  jump(ms: number): void {
    this.ahead += ms;
  }
}
