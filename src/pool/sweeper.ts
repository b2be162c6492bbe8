import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { CloseReason, Slot } from './slot.js';

/** The longest that an idle connection goes without a look, in ms: one whose peer has sent something and left tells nothing by itself. */
const LOOK_EVERY = 30_000;

/** Finds the idle connections that are to be closed: no longer usable, or idle for too long. */
export class Sweeper<C> {
  /** The longest that a connection which has just become idle goes unattended, in ms. */
  readonly patience: number;

  constructor(
    private readonly idleTimeout: number,
    private readonly endpoints: readonly PooledEndpoint<C>[],
    private readonly host: PoolHost<C>,
    private readonly owner: { isSpare(endpoint: PooledEndpoint<C>): boolean },
    private lookedAt: number,
  ) {
    this.patience = Math.min(idleTimeout, LOOK_EVERY);
  }

  /** What is due at `now`, one after the other: each is to be closed before the next is asked for. */
  *due(now: number): Generator<readonly [slot: Slot<C>, reason: CloseReason]> {
    const isLookDue = now >= this.lookedAt + LOOK_EVERY;
    if (isLookDue) this.lookedAt = now;
    for (const endpoint of this.endpoints) {
      const { idle } = endpoint;
      if (isLookDue) {
        for (const slot of idle.snapshot()) {
          if (slot.state.name === 'idle' && !this.host.usable(slot)) yield [slot, 'unhealthy'];
        }
      }
      for (let slot = idle.oldest; slot !== undefined; slot = idle.oldest) {
        if (slot.idleSince + this.idleTimeout > now || !this.owner.isSpare(endpoint)) break;
        yield [slot, 'idle'];
      }
    }
  }

  /** When the next connection is due, `Infinity` while none is idle. One that is overdue because `min` keeps it waits for the next look. */
  nextDeadline(now: number): number {
    let next = Infinity;
    for (const { idle } of this.endpoints) {
      if (idle.oldest === undefined) continue;
      const due = idle.oldest.idleSince + this.idleTimeout;
      next = Math.min(next, due > now ? due : Infinity, this.lookedAt + LOOK_EVERY);
    }
    return next;
  }
}
