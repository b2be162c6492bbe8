import type { Clock } from '../endpoint/clock.js';

/** The way between a server and everybody who talks to it. While it is closed, what would arrive is kept back in order. */
export class Path {
  private readonly held: (() => void)[] = [];
  private isClosed = false;
  private isReleasing = false;

  constructor(private readonly clock: Clock) {}

  /** Something has got to its end. */
  arrive(message: () => void): void {
    if (this.isClosed || this.held.length > 0) this.held.push(message);
    else message();
  }

  close(): void {
    this.isClosed = true;
  }

  /** Lets through what was kept back; it may close again meanwhile. */
  open(): void {
    this.isClosed = false;
    this.release();
  }

  /** Each in a callback of its own, as all that arrives. */
  private release(): void {
    if (this.isReleasing || this.held.length === 0) return;
    this.isReleasing = true;
    this.clock.defer(() => {
      this.isReleasing = false;
      if (this.isClosed) return;
      const message = this.held.shift();
      this.release();
      message?.();
    });
  }
}
