import type { Clock } from '../endpoint/clock.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { BudgetExceededError, type BudgetShortage } from '../limit/budget-exceeded-error.js';
import { AcquireTimeoutError } from './acquire-timeout-error.js';
import { told } from './loan.js';
import type { Permits } from './permits.js';
import type { PoolCore } from './pool-core.js';
import type { Holder, PoolPicture } from './pool-picture.js';
import type { Slot } from './slot.js';
import { UnavailableError } from './unavailable-error.js';

/** A wait that was in vain. */
export interface VainWait {
  readonly waited: number;
  readonly timeout: number;
  readonly label?: string | undefined;
  /** What there was not. @default 'no connection' */
  readonly wanted?: string;
}

/** The errors of those who wait in vain. */
export interface WaitErrors {
  timedOut(wait: VainWait): unknown;
  /** @param index the only endpoint that they want */
  unavailable(index: number | undefined, label: string | undefined): unknown;
  /** The error for a waiter in the queue since then whose signal has aborted. */
  aborted(queuedAt: number, reason: unknown, label: string | undefined): unknown;
}

/** Makes them from what the pool is doing. */
export function waitErrors<C>(
  pool: string,
  core: PoolCore<C>,
  members: readonly Endpoint[],
  permits: Permits | undefined,
  clock: Clock,
): WaitErrors {
  const picture = (waited: number, label: string | undefined): PoolPicture => {
    const { lent, idle, checking, connecting } = core.stock.table;
    const now = clock.now();
    return {
      ...{ pool, waited, ...told({ label }), max: core.sizing.max },
      ...{ lent: lent.size, idle: idle.size, checking: checking.size, connecting: connecting.size },
      ...{ leases: core.loans.time.count, waiting: core.waiting },
      endpoints: members.map(({ address, status }) => ({ address, status })),
      holders: holdersOf(core.stock.table.slots, now),
    };
  };
  const exceeded = (wait: Omit<BudgetShortage, 'pool' | 'budget'>, cause: unknown): unknown =>
    permits?.isShort === true
      ? new BudgetExceededError({ pool, ...wait, budget: permits.budget.picture }, cause)
      : undefined;
  return {
    timedOut: ({ waited, timeout, label, wanted }) =>
      exceeded({ waited, timeout, ...told({ label }) }, permits?.error) ??
      new AcquireTimeoutError({ ...picture(waited, label), timeout }, wanted),
    unavailable: (index, label) => new UnavailableError(picture(0, label), index),
    aborted: (queuedAt, reason, label) =>
      exceeded({ waited: clock.now() - queuedAt, ...told({ label }) }, reason) ?? reason,
  };
}

/** Whoever has said something of himself, from the one who has held for longest. */
function holdersOf(slots: readonly Slot<unknown>[], now: number): Holder[] {
  const named = slots.flatMap(({ loans }) => [...(loans ?? [])]).filter(({ origin }) => origin !== undefined);
  return named
    .sort((a, b) => a.lentAt - b.lentAt)
    .map(({ slot, lentAt, origin }) => ({
      ...{ endpoint: slot.endpoint.address, slot: slot.index, held: now - lentAt },
      ...told(origin),
    }));
}
