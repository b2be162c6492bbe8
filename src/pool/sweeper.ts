import type { Lifetimes } from './lifetimes.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { CloseReason } from './close-reason.js';
import type { Slot } from './slot.js';

/** The longest that an idle connection goes without a look, in ms: one whose peer has sent something and left tells nothing by itself. */
const LOOK_EVERY = 30_000;

/** Looks at all idle connections come no closer together than this part of their usual distance, however many are due one by one. */
const PART = 16;

export interface SweeperConfig {
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly validateEvery: number;
}

/** What is to be done about an idle connection: why it is to be closed, or that it is to be validated. */
type Task<C> = (slot: Slot<C>, what: CloseReason | 'validate') => void;

/** Finds the idle connections for which something is to be done: too old, idle for too long, no longer usable, not validated for long. */
export class Sweeper<C> {
  /** When all of them are looked at next. */
  lookAt: number;
  private readonly lookEvery: number;

  constructor(
    private readonly config: SweeperConfig,
    private readonly endpoints: readonly PooledEndpoint<C>[],
    private readonly lifetimes: Lifetimes,
    private readonly host: PoolHost<C>,
    private readonly owner: { isSpare(endpoint: PooledEndpoint<C>): boolean },
    now: number,
  ) {
    this.lookEvery = Math.max(1, Math.min(LOOK_EVERY, config.validateEvery, config.maxLifetime));
    this.lookAt = now + this.lookEvery;
  }

  /** After a time without any connection. */
  begin(now: number): void {
    this.lookAt = now + this.lookEvery;
  }

  /** A connection has become idle. When something is to be done about it, at the latest. */
  rested({ expiresAt, idleSince }: Slot<C>, now: number): number {
    if (expiresAt < this.lookAt) this.lookAt = Math.max(expiresAt, now);
    return Math.min(this.lookAt, idleSince + this.config.idleTimeout);
  }

  /** Does what is due at `now`, one after the other. A generator would cost as much again as the looks themselves. */
  sweep(now: number, act: Task<C>): void {
    const { idleTimeout } = this.config;
    if (now >= this.lookAt) this.look(now, act);
    for (const endpoint of this.endpoints) {
      const { idle } = endpoint;
      for (let slot = idle.oldest; slot !== undefined; slot = idle.oldest) {
        if (slot.idleSince + idleTimeout > now || !this.owner.isSpare(endpoint)) break;
        act(slot, 'idle');
      }
    }
  }

  /** When the next connection is due. One that is overdue because `min` keeps it waits for the next look. */
  nextDeadline(now: number): number {
    let next = this.lookAt;
    for (const { idle } of this.endpoints) {
      if (idle.oldest === undefined) continue;
      const due = idle.oldest.idleSince + this.config.idleTimeout;
      if (due > now) next = Math.min(next, due);
    }
    return next;
  }

  private look(now: number, act: Task<C>): void {
    let next = now + this.lookEvery;
    for (const { idle } of this.endpoints) {
      for (const slot of idle.snapshot()) next = Math.min(next, this.lookAtOne(slot, now, act));
    }
    this.lookAt = Math.max(next, now + this.lookEvery / PART);
  }

  /** Returns when there is something to do about it that has its time. */
  private lookAtOne(slot: Slot<C>, now: number, act: Task<C>): number {
    if (!isIdle(slot)) return Infinity;
    const { connection } = slot;
    const isUsable = this.host.usable(slot);
    // A look may close the connection, and another may be in its slot.
    if (slot.connection !== connection || !isIdle(slot)) return Infinity;
    const end = isUsable ? this.lifetimes.endOf(slot, now) : 'unhealthy';
    if (end !== undefined) {
      act(slot, end);
      return Infinity;
    }
    const due = slot.checkedAt + this.config.validateEvery;
    if (due > now) return Math.min(slot.expiresAt, due);
    if (this.host.validates(slot)) act(slot, 'validate');
    return slot.expiresAt;
  }
}

function isIdle({ state }: Slot<unknown>): boolean {
  return state.name === 'idle';
}
