import type { CoreConfig } from '../../../src/pool/core-config.js';
import type { SlotStateName } from '../../../src/pool/slot-state.js';
import { ModelSlot } from './model-slot.js';
import type { World } from './world.js';

export type ModelConfig = Omit<CoreConfig, 'clock' | 'events' | 'addresses'> & { readonly endpoints: number };

export interface ModelWaiter {
  readonly id: number;
  readonly queuedAt: number;
  readonly deadline: number;
}

const none = {
  ...{ opened: 0, failed: 0, lost: 0, closed: 0, borrowed: 0, released: 0, destroyed: 0, detached: 0, lostLent: 0 },
  ...{ queued: 0, timedOut: 0, cancelled: 0, rejected: 0 },
};

/**
 * A pool, slow and plain: what is so, and what each piece of news changes. All that can be counted is counted anew.
 *
 * It decides nothing. Where a pool acts (grants, opens, closes), the `Referee` says which acts are right now.
 */
export class PoolModel {
  /** The owned ones. */
  slots: ModelSlot[] = [];
  queue: ModelWaiter[] = [];
  /** Out of the queue, to be failed with the error, in this order. */
  condemned: { readonly id: number; readonly error: string }[] = [];
  /** Detached, and the host is to hear of it. */
  disowned: number[] = [];
  isClosing = false;
  warmth = 0;
  readonly totals = { ...none };
  /** Why each connection was closed, in the order of the ends of the closes. */
  readonly reasons: string[] = [];
  /** The endpoint's last attempt failed. */
  readonly isDead: boolean[];
  /** The gate said no, and has not called since. */
  readonly isRefused: boolean[];
  protected readonly endpoints: readonly number[];
  /** Something happened from within the pick of an idle one: it goes on, although its waiter may have left or be served by another. */
  protected isPickStale = false;
  /** What there was when the search for an idle one under way met a bad one, as a rank. */
  protected searchedAt = Infinity;
  /** How many times something has become idle. */
  protected ranks = 0;

  constructor(
    readonly config: ModelConfig,
    readonly world: World,
  ) {
    this.endpoints = Array.from({ length: config.endpoints }, (_, i) => i);
    this.isDead = this.endpoints.map(() => false);
    this.isRefused = this.endpoints.map(() => false);
  }

  get now(): number {
    return this.world.now;
  }

  in(...states: readonly SlotStateName[]): ModelSlot[] {
    return this.slots.filter(({ state }) => states.includes(state));
  }

  at(endpoint: number, ...states: readonly SlotStateName[]): ModelSlot[] {
    return this.in(...states).filter((slot) => slot.endpoint === endpoint);
  }

  get open(): number {
    return this.in('idle', 'lent', 'checking').length;
  }

  /** Attempts that a borrower may count on: not those at an endpoint that is failing. */
  get hopeful(): number {
    return this.in('connecting').filter(({ endpoint }) => !this.world.isFailing(endpoint)).length;
  }

  get validating(): number {
    return this.slots.filter(({ check }) => check?.hook === 'validate').length;
  }

  slot(index: number): ModelSlot {
    const slot = this.slots.find((one) => one.index === index);
    if (slot === undefined) throw new Error(`slot ${index} is empty`);
    return slot;
  }

  enqueue(id: number, timeout: number): boolean {
    if (this.queue.length >= this.config.maxWaiting) {
      this.totals.rejected++;
      return false;
    }
    this.totals.queued++;
    this.queue.push({ id, queuedAt: this.now, deadline: this.now + timeout });
    // Somebody is in a hurry now, for whom a gate may shorten its delay.
    if (this.queue.length === 1) this.isRefused.fill(false);
    return true;
  }

  cancel(id: number): boolean {
    if (!this.queue.some((one) => one.id === id)) return false;
    this.queue = this.queue.filter((one) => one.id !== id);
    this.totals.cancelled++;
    return true;
  }

  release(slot: ModelSlot): void {
    this.totals.released++;
    this.giveBack(slot);
  }

  destroy(slot: ModelSlot): void {
    this.totals.destroyed++;
    this.shut(slot, 'destroyed', true);
  }

  detach(slot: ModelSlot): void {
    this.totals.detached++;
    this.disowned.push(slot.index);
    this.remove(slot);
  }

  /** It has closed, on its own or because it was told to. */
  gone(slot: ModelSlot): void {
    if (slot.isAttempt) {
      this.remove(slot);
      return;
    }
    if (slot.state === 'closing') {
      this.totals.closed++;
      this.reasons.push(slot.reason);
    } else this.totals.lost++;
    if (slot.state === 'lent') this.totals.lostLent++;
    this.remove(slot);
  }

  /** A close under way is to be forced. */
  hasten(slot: ModelSlot): void {
    slot.debt = 'force';
  }

  opened(slot: ModelSlot, name: string, isHooked: boolean): void {
    this.totals.opened++;
    this.isDead[slot.endpoint] = false;
    slot.name = name;
    slot.isHooked = isHooked;
    this.offer(slot);
  }

  openFailed(slot: ModelSlot): void {
    this.totals.failed++;
    this.isDead[slot.endpoint] = true;
    this.remove(slot);
  }

  /** A hook has answered, at once or later. Any answer but that of the check under way changes nothing. */
  answered(index: number, ticket: number, ok: boolean, isAtOnce: boolean): void {
    const slot = this.slots.find((one) => one.index === index);
    if (slot?.check?.ticket !== ticket) return;
    const { hook } = slot.check;
    slot.check = undefined;
    if (!ok) this.shut(slot, 'unhealthy', true);
    // The check has taken time, and something may have arrived meanwhile.
    else if (!isAtOnce) slot.debt = 'usable';
    else if (hook === 'validate') this.pick(slot);
    else this.offer(slot);
  }

  called(endpoint: number): void {
    this.isRefused[endpoint] = false;
  }

  close(error: string): void {
    this.isClosing = true;
    this.condemnAll(error);
  }

  condemnAll(error: string): void {
    for (const { id } of this.queue.splice(0)) this.condemned.push({ id, error });
  }

  giveBack(slot: ModelSlot): void {
    slot.promise = undefined;
    if (slot.isHooked && !this.isClosing) {
      slot.state = 'checking';
      slot.debt = 'restore';
    } else this.offer(slot);
  }

  /** It was idle, and may be lent. */
  pick(slot: ModelSlot): void {
    slot.promise = 'picked';
    slot.rank = this.ranks;
  }

  /** Nobody has it, and it is good. */
  offer(slot: ModelSlot): void {
    if (this.isClosing) this.shut(slot, 'shutdown', false);
    else if (this.queue.length === 0) this.rest([slot]);
    else {
      slot.state = 'checking';
      slot.promise = 'offered';
      slot.rank = this.ranks;
    }
  }

  rest(slots: readonly ModelSlot[]): void {
    const rank = ++this.ranks;
    for (const slot of slots) {
      // What was kept for waiters became idle some time after they had left.
      slot.rankFrom = slot.promise === undefined ? rank : slot.rank + 1;
      Object.assign(slot, { state: 'idle', promise: undefined, rank, idleSince: this.now, lookedAt: this.now });
      slot.isOverlooked = this.isPickStale || this.searchedAt < Infinity;
      slot.mayOverstay = false;
      slot.isStandIn = false;
      if (slot.isHooked) slot.debt = 'rest';
    }
  }

  shut(slot: ModelSlot, reason: string, force: boolean): void {
    slot.state = 'closing';
    slot.reason = reason;
    slot.debt = force ? 'force' : 'close';
    slot.check = undefined;
    slot.promise = undefined;
  }

  remove(slot: ModelSlot): void {
    slot.state = 'empty';
    this.slots = this.slots.filter((one) => one !== slot);
  }
}
