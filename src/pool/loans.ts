import type { Clock } from '../endpoint/clock.js';
import type { EventQueue } from './event-queue.js';
import type { Recorder } from './recorder.js';
import type { Slot } from './slot.js';

/** Notes when loans begin and end. */
export class Loans {
  constructor(
    private readonly events: EventQueue,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  begin(slot: Slot<unknown>, waited: number): void {
    slot.lentAt = this.clock.now();
    slot.waited = waited;
    if (this.events.observed) this.events.tell('borrowed', slot);
  }

  /** Returns the time of the end. */
  end(slot: Slot<unknown>, news?: 'released' | 'destroyed' | 'detached', error?: unknown): number {
    const now = this.clock.now();
    slot.uses++;
    if (this.recorder.isDue(now)) this.recorder.loanEnded(slot.waited, now - slot.lentAt, now);
    if (this.events.observed && news !== undefined) this.events.tell(news, slot, error);
    return now;
  }
}
