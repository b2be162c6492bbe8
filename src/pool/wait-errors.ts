import type { Clock } from '../endpoint/clock.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { BudgetExceededError, type BudgetShortage } from '../limit/budget-exceeded-error.js';
import { AcquireTimeoutError } from './acquire-timeout-error.js';
import { told } from './loan.js';
import type { Permits } from './permits.js';
import type { PoolCore } from './pool-core.js';
import type { Holder, PoolPicture } from './pool-picture.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Slot } from './slot.js';
import { UnavailableError } from './unavailable-error.js';

type Pooled = PooledEndpoint<unknown>;

export interface WaitErrorsConfig {
  readonly name: string;
  readonly clock: Clock;
  /** Why no endpoints are known. */
  readonly discoveryError: () => unknown;
}

/** A wait that was in vain. */
export interface VainWait {
  readonly waited: number;
  readonly timeout: number;
  readonly label?: string | undefined;
  /** What there was not. @default 'no connection' */
  readonly wanted?: string;
  /** Which leave of a limit it had not got. */
  readonly lacking?: string | undefined;
}

/** The errors of those who wait in vain. */
export interface WaitErrors {
  timedOut(wait: VainWait): unknown;
  /** @param endpoint the only one that they want */
  unavailable(endpoint: Pooled | undefined, label: string | undefined): unknown;
  /** The only endpoint that they want is no longer one of the pool's. */
  removed(address: string, label: string | undefined): unknown;
  /** The error for a waiter in the queue since then whose signal has aborted. */
  aborted(queuedAt: number, reason: unknown, label: string | undefined): unknown;
}

/** Makes them from what the pool is doing. */
export function waitErrors<C>(
  { name: pool, clock, discoveryError }: WaitErrorsConfig,
  core: PoolCore<C>,
  members: ReadonlyMap<Pooled, { readonly endpoint: Endpoint }>,
  permits: Permits | undefined,
): WaitErrors {
  const picture = (waited: number, label: string | undefined): PoolPicture => {
    const { lent, idle, checking, connecting } = core.stock.table;
    const now = clock.now();
    return {
      ...{ pool, waited, ...told({ label }), max: core.sizing.max },
      ...{ lent: lent.size, idle: idle.size, checking: checking.size, connecting: connecting.size },
      ...{ leases: core.loans.time.count, waiting: core.queue.time.count },
      endpoints: Array.from(members.values(), ({ endpoint: { address, status } }) => ({ address, status })),
      holders: holdersOf(core.stock.table.slots, now),
      ...(members.size === 0 && { discoveryError: discoveryError() }),
    };
  };
  const exceeded = (wait: Omit<BudgetShortage, 'pool' | 'budget'>, cause: unknown): unknown =>
    permits?.isShort === true
      ? new BudgetExceededError({ pool, ...wait, budget: permits.budget.picture }, cause)
      : undefined;
  return {
    timedOut: ({ waited, timeout, label, wanted, lacking }) =>
      (lacking === undefined ? exceeded({ waited, timeout, ...told({ label }) }, permits?.error) : undefined) ??
      new AcquireTimeoutError({ ...picture(waited, label), timeout }, lacking ?? wanted),
    unavailable: (only, label) =>
      new UnavailableError(picture(0, label), undefined, only && members.get(only)?.endpoint.status.error),
    removed: (address, label) =>
      new UnavailableError(picture(0, label), `${address} is no longer one of its endpoints`),
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
