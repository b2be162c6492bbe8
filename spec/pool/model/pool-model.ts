import type { CoreConfig } from '../../../src/pool/core-config.js';
import type { SlotStateName } from '../../../src/pool/slot-state.js';
import { ModelSlot, type ModelLoan } from './model-slot.js';
import type { World } from './world.js';

export type ModelConfig = Omit<
  CoreConfig,
  'clock' | 'events' | 'balance' | 'picksShared' | 'ejection' | 'isDiscovered'
> & {
  readonly endpoints: number;
};

export interface ModelWaiter {
  readonly id: number;
  readonly queuedAt: number;
  readonly deadline: number;
  readonly priority: number;
  /** The only one that will do. */
  readonly endpoint: number | undefined;
}

interface Condemned extends ModelWaiter {
  readonly error: string;
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
  /** In the order of their coming. */
  queue: ModelWaiter[] = [];
  /** Out of the queue, to be failed with the error. */
  condemned: Condemned[] = [];
  /** Detached, and the host is to hear of it. */
  disowned: number[] = [];
  /** Connections, where `totals` counts loans. */
  detached = 0;
  isClosing = false;
  /** There has been more than the `max` that was then set, and has been ever since. */
  protected hasShrunk = false;
  min: number;
  max: number;
  warmth = 0;
  /** One more is wanted than are open. */
  isStretched = false;
  /** Slots that take no further connection. */
  readonly outs = new Set<number>();
  readonly totals = { ...none };
  /** Loans reported, as held for too long or as never released. */
  readonly leaks = { held: 0, collected: 0 };
  /** Why each connection was closed, in the order of the ends of the closes. */
  readonly reasons: string[] = [];
  /** The endpoint's last attempt failed. */
  readonly isDead: boolean[];
  /** The endpoint's last connection was lost, and none has been opened since. */
  readonly isLost: boolean[];
  /** An attempt has failed, and it has had fewer connections since than the others have on average. */
  readonly isFilling: boolean[];
  /** The gate said no, and has not called since. */
  readonly isRefused: boolean[];
  /** Since when the endpoint's idle ones are to be validated before they are lent: another one was lost. */
  protected readonly suspectAt: number[];
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
    this.min = config.min;
    this.max = config.max;
    this.endpoints = Array.from({ length: config.endpoints }, (_, i) => i);
    this.suspectAt = this.endpoints.map(() => -Infinity);
    this.isDead = this.endpoints.map(() => false);
    this.isLost = this.endpoints.map(() => false);
    this.isFilling = this.endpoints.map(() => false);
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

  /** What is open or may come to be. */
  get live(): number {
    return this.open + this.in('connecting').length;
  }

  /** The most slots that may be owned. */
  get limit(): number {
    const isOwned = (index: number): boolean => this.slots.some((slot) => slot.index === index);
    return this.max - [...this.outs].filter((index) => !isOwned(index)).length;
  }

  get loans(): ModelLoan[] {
    return this.slots.flatMap(({ loans }) => loans);
  }

  /** Attempts that a borrower may count on: not those at an endpoint that is failing. */
  get hopeful(): number {
    return this.in('connecting').filter(({ endpoint }) => !this.world.isFailing(endpoint)).length;
  }

  /** Validations without an answer yet, of one endpoint or of all. */
  validating(endpoint?: number): number {
    const validated = this.slots.filter(({ check }) => check?.hook === 'validate');
    return validated.filter((slot) => endpoint === undefined || slot.endpoint === endpoint).length;
  }

  slot(index: number): ModelSlot {
    const slot = this.slots.find((one) => one.index === index);
    if (slot === undefined) throw new Error(`slot ${index} is empty`);
    return slot;
  }

  /** Those who insist on the endpoint. */
  waitingFor(endpoint: number): number {
    return this.queue.filter((one) => one.endpoint === endpoint).length;
  }

  /** Who is next in line for a connection of the endpoint. */
  firstFor(endpoint: number): ModelWaiter | undefined {
    const able = this.queue.filter((one) => one.endpoint === undefined || one.endpoint === endpoint);
    return able.find((one) => able.every(({ priority }) => priority <= one.priority));
  }

  enqueue(waiter: Omit<ModelWaiter, 'queuedAt' | 'deadline'>, timeout: number): boolean {
    if (this.queue.length >= this.config.maxWaiting) {
      this.totals.rejected++;
      return false;
    }
    this.totals.queued++;
    const { priority, endpoint } = waiter;
    const isFirst = !this.queue.some((one) => one.priority === priority && one.endpoint === endpoint);
    this.queue.push({ ...waiter, queuedAt: this.now, deadline: this.now + timeout });
    // Somebody is in a hurry now for what nobody else may be waiting for: a gate may shorten its delay.
    if (isFirst) this.isRefused.fill(false);
    return true;
  }

  cancel(id: number): boolean {
    if (!this.queue.some((one) => one.id === id)) return false;
    this.queue = this.queue.filter((one) => one.id !== id);
    this.totals.cancelled++;
    return true;
  }

  release(slot: ModelSlot, loan: ModelLoan): void {
    this.totals.released++;
    this.endLoan(slot, loan);
    if (slot.loans.length === 0) this.giveBack(slot);
  }

  destroy(slot: ModelSlot, loan: ModelLoan): void {
    this.totals.destroyed++;
    this.endLoan(slot, loan);
    if (slot.loans.length === 0) this.shut(slot, 'destroyed', true);
    else this.doom(slot, 'destroyed');
  }

  /** Its lease is gone, and was not released. */
  leak(slot: ModelSlot, loan: ModelLoan): void {
    this.totals.destroyed++;
    this.leaks.collected++;
    this.endLoan(slot, loan);
    if (slot.loans.length === 0) this.shut(slot, 'leaked', true);
    else this.doom(slot, 'leaked');
  }

  revoke(slot: ModelSlot, reason: string): void {
    this.totals.destroyed += slot.loans.length;
    this.endAll(slot);
    this.shut(slot, reason, true);
  }

  detach(slot: ModelSlot): void {
    this.detached++;
    this.totals.detached += slot.loans.length;
    this.endAll(slot);
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
    } else {
      this.totals.lost++;
      this.suspectAt[slot.endpoint] = this.now;
    }
    this.totals.lostLent += slot.loans.length;
    this.endAll(slot);
    const isLost = slot.state !== 'closing';
    this.remove(slot);
    if (isLost) this.isLost[slot.endpoint] = this.at(slot.endpoint, 'idle', 'lent', 'checking').length === 0;
  }

  /** A close under way is to be forced. */
  hasten(slot: ModelSlot): void {
    slot.debt = 'force';
  }

  opened(slot: ModelSlot, name: string, isHooked: boolean): void {
    this.totals.opened++;
    const { endpoint } = slot;
    this.isFilling[endpoint] &&= this.isBelowShare(endpoint);
    this.isDead[endpoint] = false;
    this.isLost[endpoint] = false;
    slot.name = name;
    slot.isHooked = isHooked;
    slot.expiresAt = this.now + this.config.maxLifetime;
    this.offer(slot);
  }

  /** Fewer of it are open, or on their way, than of the others on average. */
  protected isBelowShare(endpoint: number): boolean {
    const others = this.open - this.at(endpoint, 'idle', 'lent', 'checking').length;
    const live = this.at(endpoint, 'connecting', 'idle', 'lent', 'checking').length;
    return live < Math.floor(others / (this.endpoints.length - 1));
  }

  openFailed(slot: ModelSlot): void {
    this.totals.failed++;
    this.isDead[slot.endpoint] = true;
    this.isFilling[slot.endpoint] = this.endpoints.length > 1;
    this.remove(slot);
  }

  /** A hook has answered, at once or later. Any answer but that of the check under way changes nothing. */
  answered(index: number, ticket: number, ok: boolean, isAtOnce: boolean): void {
    const slot = this.slots.find((one) => one.index === index);
    if (slot?.check?.ticket !== ticket) return;
    const { hook, wasIdle } = slot.check;
    slot.check = undefined;
    if (!ok) this.shut(slot, 'unhealthy', true);
    // The check has taken time, and something may have arrived meanwhile.
    else if (!isAtOnce) {
      slot.debt = 'usable';
      slot.wasIdle = wasIdle;
    } else if (hook === 'validate' && !wasIdle) this.pick(slot);
    else this.offer(slot, wasIdle);
  }

  called(endpoint: number): void {
    this.isRefused[endpoint] = false;
  }

  close(error: string): void {
    this.isClosing = true;
    this.condemn(this.queue, error);
  }

  condemn(waiters: readonly ModelWaiter[], error: string): void {
    this.queue = this.queue.filter((one) => !waiters.includes(one));
    for (const waiter of waiters) this.condemned.push({ ...waiter, error });
  }

  /** It goes as soon as nobody has it. What is known to be broken is not called anything better. */
  doom(slot: ModelSlot, reason: string): void {
    if (slot.doom !== 'destroyed' && slot.doom !== 'leaked') slot.doom = reason;
    slot.expiresAt = 0;
  }

  /** Why it is not to be lent again, if it is not. */
  endOf(slot: ModelSlot): string | undefined {
    if (slot.expiresAt <= this.now) return slot.doom ?? 'lifetime';
    return slot.uses >= this.config.maxUses ? 'uses' : undefined;
  }

  giveBack(slot: ModelSlot): void {
    slot.promise = undefined;
    if (slot.isHooked && !this.isClosing && this.endOf(slot) === undefined) {
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
  offer(slot: ModelSlot, wasIdle = false): void {
    const end = this.endOf(slot);
    if (end !== undefined) this.shut(slot, end, end === 'destroyed' || end === 'leaked');
    else if (this.isClosing) this.shut(slot, 'shutdown', false);
    else if (this.isSurplus()) this.shut(slot, 'surplus', false);
    else if (this.firstFor(slot.endpoint) === undefined) this.rest(slot, wasIdle);
    else {
      slot.state = 'checking';
      slot.promise = 'offered';
      slot.rank = this.ranks;
    }
  }

  private isSurplus(): boolean {
    this.hasShrunk &&= this.live > this.limit;
    return this.hasShrunk;
  }

  /** @param wasIdle it goes back to where it was, among those that became idle at the same time */
  rest(slot: ModelSlot, wasIdle = false): void {
    const rank = ++this.ranks;
    const { now } = this;
    if (wasIdle) {
      const equals = this.at(slot.endpoint, 'idle').filter(({ idleSince }) => idleSince === slot.idleSince);
      slot.rank = Math.max(slot.rank, ...equals.map((one) => one.rank));
    } else {
      // What was kept for waiters became idle some time after they had left.
      slot.rankFrom = slot.promise === undefined ? rank : slot.rank + 1;
      slot.rank = rank;
      slot.idleSince = now;
    }
    Object.assign(slot, { state: 'idle', promise: undefined, lookedAt: now, checkedAt: now });
    slot.mayOverstay = false;
    if (slot.isHooked) slot.debt = 'rest';
  }

  shut(slot: ModelSlot, reason: string, force: boolean): void {
    slot.state = 'closing';
    slot.reason = reason;
    slot.debt = force ? 'force' : 'close';
    slot.check = undefined;
    slot.promise = undefined;
    slot.dismissed = undefined;
  }

  remove(slot: ModelSlot): void {
    slot.state = 'empty';
    this.slots = this.slots.filter((one) => one !== slot);
  }

  private endLoan(slot: ModelSlot, loan: ModelLoan): void {
    slot.loans = slot.loans.filter((one) => one !== loan);
    slot.uses++;
  }

  private endAll(slot: ModelSlot): void {
    slot.uses += slot.loans.length;
    slot.loans = [];
  }
}
