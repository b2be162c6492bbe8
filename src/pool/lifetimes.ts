import type { CloseReason } from './close-reason.js';
import type { Slot } from './slot.js';

export interface LifetimesConfig {
  readonly maxLifetime: number;
  readonly lifetimeJitter: number;
  readonly maxUses: number;
  readonly random: () => number;
}

/** Decides how long a connection is kept. */
export class Lifetimes {
  constructor(private readonly config: LifetimesConfig) {}

  /**
   * A connection is born. Its end is drawn here and now, so that those opened together do not end together.
   *
   * As HikariCP has it: less a random part, fixed at birth, so that `maxLifetime` is never exceeded.
   */
  begin(slot: Slot<unknown>, now: number): void {
    const { maxLifetime, lifetimeJitter, random } = this.config;
    slot.uses = 0;
    slot.expiresAt = slot.doom === undefined ? now + maxLifetime * (1 - lifetimeJitter * random()) : 0;
  }

  /** Why the connection is not to be lent again, if it is not. */
  endOf(slot: Slot<unknown>, now: number): CloseReason | undefined {
    if (now >= slot.expiresAt) return slot.doom ?? 'lifetime';
    return slot.uses >= this.config.maxUses ? 'uses' : undefined;
  }
}
