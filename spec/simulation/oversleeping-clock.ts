import { VirtualClock } from '../../src/testing/index.js';

/** A virtual clock that can oversleep: what fell due meanwhile then runs late, all of it at the time of waking. */
export class OversleepingClock extends VirtualClock {
  private wakesAt = -Infinity;

  override now(): number {
    return Math.max(super.now(), this.wakesAt);
  }

  /** The process stands still for so many ms. */
  async oversleep(ms: number): Promise<void> {
    this.wakesAt = this.now() + ms;
    await this.advanceAsync(ms);
  }

  /** What runs now should have run before. */
  get isLate(): boolean {
    return super.now() < this.wakesAt;
  }
}
