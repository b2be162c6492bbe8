import type { Clock, Timer } from '../endpoint/clock.js';
import { setDeadline } from '../endpoint/deadline.js';

/** Far enough away to stand for no deadline, in ms. */
const FAR = 86_400_000;

/** The one timer of a pool. It keeps the process alive only while it is told to. */
export class Alarm {
  private timer: Timer | undefined;
  private holding = false;
  /** The timer stands for no deadline. */
  private isFar = false;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Rings at `at`, and no longer at the time set before. */
  set(at: number): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (at === Infinity && !this.holding) return;
    this.isFar = at === Infinity;
    this.timer = setDeadline(this.clock, Math.min(at, this.clock.now() + FAR), () => {
      this.timer = undefined;
      this.ring();
      if (this.holding && (this.timer as Timer | undefined) === undefined) this.set(Infinity);
    });
    if (!this.holding) this.timer.unref();
  }

  keepAlive(on: boolean): void {
    if (this.holding === on) return;
    this.holding = on;
    if (this.timer === undefined || this.isFar) this.set(Infinity);
    else if (on) this.timer.ref();
    else this.timer.unref();
  }
}
