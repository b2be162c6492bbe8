import type { ModelSlot } from './model-slot.js';
import { PoolModel, type ModelWaiter } from './pool-model.js';

/** The longest that an idle connection goes without a look, in ms. */
export const LOOK_EVERY = 30_000;

/** What is right for a pool to do as things are: the design's rules, each as a question that changes nothing. */
export class Rules extends PoolModel {
  /** The endpoint that grants go on with, for they go round. Not known after a pick from within another one. */
  protected lendNext: number | undefined = 0;
  /** The same for dials. */
  protected dialNext = 0;
  /** A turn has been taken, and an attempt must follow. */
  protected turnTaken: number | undefined;
  /** The time of the tick under way. */
  protected ticking: number | undefined;
  /** What there was before this tick, and what of it was idle. */
  protected ownedBefore: readonly ModelSlot[] = [];
  protected idleBefore: readonly ModelSlot[] = [];

  /** When something is due that no tick has seen to yet. */
  nextDue(): number {
    const due = this.deadlines();
    for (const slot of this.in('idle')) {
      due.push(slot.lookedAt + LOOK_EVERY);
      if (!slot.mayOverstay) due.push(this.expiry(slot));
    }
    return Math.min(...due);
  }

  /** Of waiters and checks. */
  protected deadlines(): number[] {
    const checks = this.slots.flatMap(({ check }) => (check === undefined ? [] : [check.deadline]));
    return [...this.queue.map(({ deadline }) => deadline), ...checks];
  }

  protected expiry({ idleSince }: ModelSlot): number {
    return idleSince + this.config.idleTimeout;
  }

  protected isTimedOut({ queuedAt, deadline }: ModelWaiter, error: unknown): boolean {
    const now = this.ticking;
    return now !== undefined && deadline <= now && error === `timed out after ${now - queuedAt}`;
  }

  /** Whether it may be lent without `validate`. */
  protected isFresh({ isHooked, idleSince }: ModelSlot): boolean {
    return !isHooked || this.now - idleSince <= this.config.validateAfter;
  }

  /**
   * The idle ones of which one is next: of the endpoint whose turn it is, the latest or the longest idle. A search that has met a bad one
   * goes on where it is, so that it may miss or meet what becomes idle meanwhile.
   */
  protected next(): ModelSlot[] {
    const best = this.round(this.lendNext ?? 0).map((endpoint) => this.best(this.at(endpoint, 'idle')));
    if (this.lendNext === undefined) return best.flat();
    const before = this.in('idle').filter(({ rank }) => rank <= this.searchedAt);
    const bestBefore = this.round(this.lendNext).map((endpoint) =>
      this.best(before.filter((slot) => slot.endpoint === endpoint)),
    );
    const meanwhile = best.flat().filter((slot) => !before.includes(slot));
    return [...meanwhile, ...(bestBefore.find((slots) => slots.length > 0) ?? [])];
  }

  private best(idle: readonly ModelSlot[]): ModelSlot[] {
    if (this.config.order === 'fifo') return this.longest(idle);
    return idle.filter((slot) => idle.every(({ rankFrom }) => rankFrom <= slot.rank));
  }

  protected longest(idle: readonly ModelSlot[]): ModelSlot[] {
    return idle.filter((slot) => idle.every(({ rank }) => rank >= slot.rankFrom));
  }

  protected round(first: number): number[] {
    return this.endpoints.map((_, i) => (first + i) % this.endpoints.length);
  }

  /** Somebody waits who can be served, or for whom a validation may begin: one for each waiter. */
  protected isServable(): boolean {
    if (this.queue.length === 0) return false;
    if (this.slots.some(({ promise }) => promise !== undefined)) return true;
    const idle = this.in('idle');
    if (this.validating < this.queue.length) return idle.length > 0;
    return idle.some((slot) => this.isFresh(slot) && !slot.isOverlooked);
  }

  /** Nobody is dialled for, or in the way, while somebody can be served. */
  private mustServeFirst(): boolean {
    return this.isServable() && !this.isPickStale;
  }

  protected hasRoom(): boolean {
    return this.slots.length < this.config.max;
  }

  /** Room for one more there, with what the others need for their own minimum left to them. */
  protected hasRoomAt(endpoint: number, slots: readonly ModelSlot[] = this.slots): boolean {
    const { max, minPerEndpoint, maxPerEndpoint } = this.config;
    const owned = (one: number): number => slots.filter((slot) => slot.endpoint === one).length;
    const others = this.endpoints.filter((one) => one !== endpoint);
    const reserved = others.reduce((sum, one) => sum + Math.max(0, minPerEndpoint - owned(one)), 0);
    return owned(endpoint) < maxPerEndpoint && slots.length + reserved < max;
  }

  /** Somebody waits for whom neither an open connection nor an attempt is on its way. */
  protected isWaiterLeft(): boolean {
    return this.queue.length - this.in('checking').length > this.hopeful;
  }

  /** The endpoint to ask for a turn. One that is failing comes last, and is asked also for its own sake once it has failed. */
  protected nextToAsk(): number | undefined {
    if (this.isClosing || !this.hasRoom() || this.mustServeFirst() || this.turnTaken !== undefined) return undefined;
    const { min, minPerEndpoint } = this.config;
    const isWanted = this.isWaiterLeft() || this.open + this.hopeful < Math.max(min, this.warmth);
    const isShort = (endpoint: number): boolean =>
      this.at(endpoint, 'connecting', 'idle', 'lent', 'checking').length < minPerEndpoint;
    const possible = this.round(this.dialNext).filter((one) => !this.isRefused[one] && this.hasRoomAt(one));
    const isFailing = (endpoint: number): boolean => this.world.isFailing(endpoint);
    return (
      possible.find((one) => !isFailing(one) && (isWanted || isShort(one))) ??
      possible.find((one) => isFailing(one) && (isWanted || isShort(one) || this.isDead[one]))
    );
  }

  /** A probe that holds the last room, while a borrower waits whom an endpoint that is well could serve. */
  protected isInTheWay(probe: ModelSlot): boolean {
    if (probe.state !== 'connecting' || !this.world.isFailing(probe.endpoint)) return false;
    // Room is on its way.
    if (this.in('closing').length > 0) return false;
    if (this.isClosing || this.hasRoom() || this.mustServeFirst() || !this.isWaiterLeft()) return false;
    const others = this.slots.filter((slot) => slot !== probe);
    return this.endpoints.some(
      (one) => !this.world.isFailing(one) && !this.isRefused[one] && this.hasRoomAt(one, others),
    );
  }

  /** Nothing is open or may come to be. */
  protected isHopeless(): boolean {
    const live = this.in('connecting', 'idle', 'lent', 'checking').length;
    return this.world.exhausted !== undefined && this.queue.length > 0 && live === 0;
  }

  /** Whether one of the endpoint may go, of all these, without a minimum being missed. */
  protected isSpare({ endpoint }: ModelSlot, of: readonly ModelSlot[]): boolean {
    const { min, minPerEndpoint } = this.config;
    const live = of.filter(({ isOpen, state }) => isOpen || state === 'connecting');
    const hopeful = live.filter((slot) => slot.isOpen || !this.world.isFailing(slot.endpoint));
    const here = live.filter((slot) => slot.endpoint === endpoint);
    return hopeful.length > Math.max(min, this.warmth) && here.length > minPerEndpoint;
  }

  /** Had been idle for long enough before the tick, and was spare throughout: what has come since does not count. */
  protected hadToExpire(slot: ModelSlot): boolean {
    const stayed = this.slots.filter((one) => this.ownedBefore.includes(one));
    return this.idleBefore.includes(slot) && this.expiry(slot) <= this.now && this.isSpare(slot, stayed);
  }

  /** What was kept for waiters that have left. */
  protected leftOver(): ModelSlot[] {
    return this.queue.length > 0 ? [] : this.slots.filter(({ promise }) => promise !== undefined);
  }

  protected putAway(): void {
    this.rest(this.leftOver());
  }
}
