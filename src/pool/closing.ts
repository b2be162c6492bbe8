import type { Rule } from '../endpoint/check-config.js';
import type { Clock, Timer } from '../endpoint/clock.js';
import type { Connection } from './connection.js';
import type { PoolCore } from './pool-core.js';
import type { SlotStateName } from './slot-state.js';
import type { Slot } from './slot.js';

export interface CloseConfig {
  /**
   * What becomes of sockets that are lent: `wait` for their borrowers, `leave` them to their borrowers, `destroy` them. @default 'wait'
   */
  readonly borrowed?: 'wait' | 'leave' | 'destroy' | undefined;
  /** How long to wait for borrowers, in ms; what is then still lent is destroyed. @default 10_000 */
  readonly timeout?: number | undefined;
}

export const closeRules: Readonly<Record<keyof CloseConfig, Rule>> = {
  borrowed: { oneOf: ['wait', 'leave', 'destroy'] },
  timeout: { number: [0, Infinity] },
};

/** What `close` did. */
export interface CloseReport {
  /** Connections closed in good order. */
  readonly closed: number;
  /** Sockets destroyed under their borrowers. */
  readonly destroyed: number;
  /** Sockets left open to their borrowers. */
  readonly left: number;
}

/** A pool on its way to its end. */
export class Closing<S, D> {
  readonly report: Promise<CloseReport>;
  private readonly closedBefore: number;
  private deadline = Infinity;
  private timer: Timer | undefined;
  private destroyed = 0;
  private left = 0;
  private resolve!: (report: CloseReport) => void;

  constructor(
    private readonly core: PoolCore<Connection<S, D>>,
    private readonly clock: Clock,
    private readonly error: unknown,
  ) {
    this.closedBefore = core.recorder.totals.closed;
    this.report = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Applies one `close` call. A later one can only shorten the wait or end it. */
  apply({ borrowed = 'wait', timeout = 10_000 }: CloseConfig): void {
    if (borrowed === 'leave') this.leave();
    else if (borrowed === 'destroy') this.cutOff();
    else this.shorten(this.clock.now() + timeout);
  }

  /** Everything owned has closed. */
  drained(): void {
    this.timer?.cancel();
    const { destroyed, left } = this;
    this.resolve({ closed: this.core.recorder.totals.closed - this.closedBefore - destroyed, destroyed, left });
  }

  private shorten(deadline: number): void {
    if (deadline >= this.deadline || this.core.stock.table.owned === 0) return;
    this.deadline = deadline;
    this.timer?.cancel();
    this.timer = this.clock.set(deadline, () => {
      this.cutOff();
    });
  }

  private leave(): void {
    for (const slot of this.slots('lent')) {
      if (slot.state.name !== 'lent') continue;
      this.left++;
      this.core.detach(slot);
    }
  }

  private cutOff(): void {
    for (const slot of this.slots('closing')) this.core.stock.hasten(slot);
    for (const slot of this.slots('lent')) {
      if (slot.state.name !== 'lent') continue;
      this.destroyed++;
      this.core.revoke(slot, 'destroyed', this.error);
    }
  }

  private slots(state: SlotStateName): Slot<Connection<S, D>>[] {
    return this.core.stock.table.slots.filter((slot) => slot.state.name === state);
  }
}
