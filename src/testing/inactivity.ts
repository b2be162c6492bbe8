import type { Clock, Timer } from '../endpoint/clock.js';

/** A socket's timeout: tells once that nothing has happened for so long, and again only after something has. */
export class Inactivity {
  /** In ms; 0 = off. */
  timeout: number | undefined;
  private since = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly elapsed: () => void,
  ) {}

  set(timeout: number): void {
    this.timeout = timeout;
    this.stop();
    this.touch();
  }

  /** Something has happened. */
  touch(): void {
    if (this.timeout === undefined || this.timeout === 0) return;
    this.since = this.clock.now();
    // One timer for any number of touches: it looks again when it fires.
    if (this.timer === undefined) this.arm();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(): void {
    this.timer = this.clock.set(this.since + (this.timeout ?? 0), () => {
      this.timer = undefined;
      if (this.clock.now() < this.since + (this.timeout ?? 0)) this.arm();
      else this.elapsed();
    });
    this.timer.unref();
  }
}
