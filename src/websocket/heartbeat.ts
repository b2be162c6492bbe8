import type { Clock, Timer } from '../endpoint/clock.js';
import { setDeadline } from '../endpoint/deadline.js';

/** Whose heart it is. */
export interface HeartbeatOwner {
  /** Asks the peer for a sign of life. */
  beat(): void;
  /** None has come in time. */
  missed(): void;
}

/** One timer, for the next beat or for the sign of life after it. It keeps no process alive: the socket does. */
export class Heartbeat {
  private timer: Timer | undefined;
  private isWaiting = false;

  constructor(
    private readonly clock: Clock,
    private readonly interval: number,
    private readonly timeout: number,
    private readonly owner: HeartbeatOwner,
  ) {}

  start(): void {
    this.rest(this.interval);
  }

  /** The peer lives. While no beat waits for that, it costs nothing: the next beat only finds out. */
  heard(): void {
    this.heardAt = this.clock.now();
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.timer?.cancel();
    this.rest(this.interval);
  }

  stop(): void {
    this.timer?.cancel();
  }

  private heardAt = -Infinity;

  private rest(ms: number): void {
    this.timer = this.clock.set(this.clock.now() + ms, () => {
      const left = this.heardAt + this.interval - this.clock.now();
      if (left > 0) this.rest(left);
      else this.beat();
    });
    this.timer.unref();
  }

  private beat(): void {
    this.isWaiting = true;
    this.timer = setDeadline(this.clock, this.clock.now() + this.timeout, () => {
      this.owner.missed();
    });
    this.timer.unref();
    this.owner.beat();
  }
}
