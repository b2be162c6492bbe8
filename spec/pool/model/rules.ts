import type { ModelLoan, ModelSlot } from './model-slot.js';
import { PoolModel, type ModelWaiter } from './pool-model.js';

/** The longest that an idle connection goes without a look, and a loan without being guarded, in ms. */
export const LOOK_EVERY = 30_000;

/** A wake-up that comes so much too late, in ms, tells of a process that was frozen. */
export const JUMP = 5_000;

/** What is right for a pool to do as things are: the design's rules, each as a question that changes nothing. */
export class Rules extends PoolModel {
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
    for (const { isGuarded, lentAt } of this.loans) if (!isGuarded) due.push(lentAt + LOOK_EVERY);
    for (const slot of this.in('idle')) {
      due.push(slot.lookedAt + LOOK_EVERY, slot.expiresAt + this.patience, this.validationDue(slot));
      if (!slot.mayOverstay) due.push(this.expiry(slot));
    }
    return Math.min(...due);
  }

  /** Of waiters and checks, and of loans that are held for too long. */
  protected deadlines(): number[] {
    const checks = this.slots.flatMap(({ check }) => (check === undefined ? [] : [check.deadline]));
    const loans = this.loans.filter(({ isReported }) => !isReported);
    const leaks = loans.map(({ lentAt }) => lentAt + this.config.leakAfter);
    return [...this.queue.map(({ deadline }) => deadline), ...checks, ...leaks];
  }

  /** How late what is due one by one may be, since all are looked at together. */
  protected get patience(): number {
    const { validateEvery, maxLifetime } = this.config;
    return Math.max(1, Math.min(LOOK_EVERY, validateEvery, maxLifetime)) / 16;
  }

  /** When an idle one is to be validated, at the latest. */
  protected validationDue({ isHooked, checkedAt }: ModelSlot): number {
    return isHooked ? checkedAt + this.config.validateEvery + this.patience : Infinity;
  }

  protected isLeaked({ lentAt, isReported }: ModelLoan): boolean {
    return !isReported && lentAt + this.config.leakAfter <= this.now;
  }

  protected expiry({ idleSince }: ModelSlot): number {
    return idleSince + this.config.idleTimeout;
  }

  /** Should have been closed already, and is closed by whoever meets it. */
  protected isOverdue(slot: ModelSlot): boolean {
    return slot.state === 'idle' && this.expiry(slot) < this.now && this.isSpare(slot, this.slots);
  }

  /** Why it is closed by whoever meets it, if it is. */
  protected endMet(slot: ModelSlot): string | undefined {
    return this.isOverdue(slot) ? 'idle' : this.endOf(slot);
  }

  protected isTimedOut({ queuedAt, deadline }: ModelWaiter, error: unknown): boolean {
    const now = this.ticking;
    return now !== undefined && deadline <= now && error === `timed out after ${now - queuedAt}`;
  }

  /** Whether it may be lent without `validate`. */
  protected isFresh({ isHooked, checkedAt, endpoint }: ModelSlot): boolean {
    const isTrusted = checkedAt > (this.suspectAt[endpoint] ?? 0);
    return !isHooked || (isTrusted && this.now - checkedAt <= this.config.validateAfter);
  }

  /** Whether one of the endpoint that is not fresh may be validated for those who wait: one for each of them. */
  protected mayValidate(endpoint: number): boolean {
    return this.mayValidateForAny() || this.mayValidateFor(endpoint);
  }

  private mayValidateForAny(): boolean {
    return this.hasAnyWaiter() && this.validating() < this.queue.length;
  }

  private mayValidateFor(endpoint: number): boolean {
    return this.validating(endpoint) < this.waitingFor(endpoint);
  }

  /** So many are validated as are waited for, and fresh ones are lent past them. */
  protected isSaturated(endpoint: number): boolean {
    if (this.hasAnyWaiter() && !this.mayValidateForAny()) return true;
    return this.waitingFor(endpoint) > 0 && !this.mayValidateFor(endpoint);
  }

  protected hasAnyWaiter(): boolean {
    return this.queue.some(({ endpoint }) => endpoint === undefined);
  }

  /**
   * The idle ones of which one is next: of any endpoint, since that is the picker's choice, the latest or the longest idle. A search that has
   * met a bad one goes on where it is, so that it may miss or meet what becomes idle meanwhile.
   */
  protected next(): ModelSlot[] {
    const before = this.in('idle').filter(({ rank }) => rank <= this.searchedAt);
    return this.endpoints.flatMap((endpoint) => [
      ...this.nextOf(endpoint),
      // One that was opened at once for a bad one may have been met instead of others of its endpoint.
      ...this.best(before.filter((slot) => slot.endpoint === endpoint)),
    ]);
  }

  /** The same for those who insist on the endpoint. */
  protected nextOf(endpoint: number): ModelSlot[] {
    return this.best(this.at(endpoint, 'idle'));
  }

  private best(idle: readonly ModelSlot[]): ModelSlot[] {
    if (this.config.order === 'fifo') return this.longest(idle);
    return idle.filter((slot) => idle.every(({ rankFrom }) => rankFrom <= slot.rank));
  }

  protected longest(idle: readonly ModelSlot[]): ModelSlot[] {
    return idle.filter((slot) => idle.every(({ rank }) => rank >= slot.rankFrom));
  }

  /** The idle one that goes first, of endpoints that have more than they need. */
  protected isLongestToSpare(slot: ModelSlot): boolean {
    const idle = this.in('idle').filter(({ endpoint }) => this.isAboveMin(endpoint));
    const isFirst = idle.every(({ idleSince }) => idleSince >= slot.idleSince);
    return isFirst && idle.includes(slot) && this.longest(this.at(slot.endpoint, 'idle')).includes(slot);
  }

  /** Lent, and may be lent once more at the same time. */
  protected mayShare({ state, loans, uses, doom, expiresAt }: ModelSlot): boolean {
    const { concurrency, maxUses } = this.config;
    const isLeft = doom === undefined && expiresAt > this.now && uses + loans.length < maxUses;
    return state === 'lent' && loans.length < concurrency && isLeft;
  }

  /** Somebody waits who can be served, or for whom a validation may begin. */
  protected isServable(): boolean {
    return this.slots.some((slot) => {
      const first = this.firstFor(slot.endpoint);
      if (first === undefined) return false;
      if (slot.promise !== undefined) return true;
      if (this.mayShare(slot) && !this.isOwed(slot, first)) return true;
      return slot.state === 'idle' && (this.isFresh(slot) || this.mayValidate(slot.endpoint));
    });
  }

  /** Nobody is dialled for, or in the way, while somebody can be served. */
  private mustServeFirst(): boolean {
    return this.isServable() && !this.isPickStale;
  }

  protected hasRoom(): boolean {
    return this.slots.length < this.limit;
  }

  /** Whether there is room for one more there, with what the others need for their own minimum left to them. */
  protected mayOpen(endpoint: number, given = 0): boolean {
    const { minPerEndpoint, maxPerEndpoint } = this.config;
    const owned = (one: number): number => this.slots.filter((slot) => slot.endpoint === one).length;
    const others = this.endpoints.filter((one) => one !== endpoint);
    const kept = minPerEndpoint * this.config.endpoints > this.limit ? 0 : minPerEndpoint;
    const taken = others.reduce((sum, one) => sum + Math.max(kept, owned(one)), owned(endpoint));
    return !this.isRefused[endpoint] && owned(endpoint) < maxPerEndpoint && taken - given < this.limit;
  }

  /** Whether the endpoint has more than is kept for it. */
  protected isAboveMin(endpoint: number): boolean {
    return this.at(endpoint, 'connecting', 'idle', 'lent', 'checking').length > this.config.minPerEndpoint;
  }

  /** Those who insist on the endpoint, and for whom nothing is on its way. */
  private lacking(endpoint: number): number {
    const attempts = this.world.isFailing(endpoint) ? 0 : this.at(endpoint, 'connecting').length;
    const onTheWay = attempts + this.at(endpoint, 'checking').length;
    return Math.max(0, this.waitingFor(endpoint) - onTheWay);
  }

  /** Somebody waits, for any connection, and none is on its way: what the others lack is not for them. */
  private isAnyLacking(): boolean {
    const lacking = this.endpoints.reduce((sum, one) => sum + this.lacking(one), 0);
    return this.queue.length - this.in('checking').length - this.hopeful > lacking;
  }

  /** The endpoints of which one is to be asked for a turn. One that is failing comes last, and is asked also for its own sake once it has failed. */
  protected toAsk(): number[] {
    if (this.isClosing || !this.hasRoom() || this.mustServeFirst() || this.turnTaken !== undefined) return [];
    const { minPerEndpoint } = this.config;
    const floor = Math.min(Math.max(this.min, this.warmth), this.limit);
    const isAnyWanted = this.isAnyLacking() || this.open + this.hopeful < floor || this.isStretched;
    const isWanted = (one: number): boolean =>
      isAnyWanted ||
      this.lacking(one) > 0 ||
      this.at(one, 'connecting', 'idle', 'lent', 'checking').length < minPerEndpoint;
    const first = this.firstLacking()?.endpoint;
    const possible = this.endpoints.filter((one) => this.mayOpen(one));
    const isFailing = (endpoint: number): boolean => this.world.isFailing(endpoint);
    // Where the others serve whoever waits, nobody else would ever find out that it is back.
    if (isAnyWanted) for (const one of this.endpoints) this.isDead[one] ||= this.isLost[one] === true && isFailing(one);
    const kinds = [
      possible.filter((one) => one === first && (this.isWithout(one) || !isFailing(one))),
      possible.filter((one) => !isFailing(one) && isWanted(one)),
      possible.filter((one) => isFailing(one) && (isWanted(one) || this.isDead[one])),
      possible.filter((one) => this.isFilling[one] && this.isBelowShare(one)),
    ];
    return kinds.find(({ length }) => length > 0) ?? [];
  }

  /** Who comes first, of all or of those whom an endpoint could serve; those who insist on one of which one is on its way are left out. */
  private firstLacking(among?: number): ModelWaiter | undefined {
    const able = this.queue.filter(({ endpoint }) => [among, endpoint].includes(undefined) || endpoint === among);
    const lacking = able.filter(({ endpoint }) => endpoint === undefined || this.lacking(endpoint) > 0);
    return lacking.find((one) => lacking.every(({ priority }) => priority <= one.priority));
  }

  /** Where a borrower could be served, if only one connection of another endpoint were given up. */
  private wantRoom(): number[] {
    // Room is on its way.
    if (this.isClosing || this.in('closing').length > 0 || this.mustServeFirst()) return [];
    if (this.toAsk().length > 0) return [];
    const isAny = this.isAnyLacking();
    return this.endpoints.filter((one) => {
      const isWell = !this.world.isFailing(one);
      const isWanted = (isAny && isWell) || (this.lacking(one) > 0 && (isWell || this.isWithout(one)));
      return isWanted && this.isCrowded(one);
    });
  }

  /** A probe, or else the longest idle connection, that holds room for which a borrower waits. */
  protected isInTheWay(slot: ModelSlot): boolean {
    const [first] = this.wantRoom();
    if (first === undefined) return false;
    const served = this.firstLacking(first);
    const probes = this.in('connecting').filter(({ endpoint }) => {
      const isDue = this.queue.some((one) => one.endpoint === endpoint && served && this.isBefore(one, served));
      return this.world.isFailing(endpoint) && this.isAboveMin(endpoint) && !isDue;
    });
    // For a probe no other one is given up.
    if (probes.length > 0 && !this.world.isFailing(first)) return probes.includes(slot);
    return this.isFirstBut(first, slot);
  }

  private isFirstBut(wanted: number, slot: ModelSlot): boolean {
    const idle = this.in('idle').filter(({ endpoint }) => endpoint !== wanted && this.isAboveMin(endpoint));
    const isFirst = idle.every(({ idleSince }) => idleSince >= slot.idleSince);
    return isFirst && idle.includes(slot) && this.longest(this.at(slot.endpoint, 'idle')).includes(slot);
  }

  /** Whether its place is due to somebody who comes before the waiter, wants another endpoint, and finds the pool full. */
  protected isOwed({ endpoint }: ModelSlot, waiter: ModelWaiter): boolean {
    if (this.in('closing').length > 0 || !this.isAboveMin(endpoint)) return false;
    // One that others still have is on its way out already.
    if (this.slots.some(({ doom }) => doom === 'surplus')) return false;
    return this.queue.some((one) => {
      if (one.endpoint === undefined || one.endpoint === endpoint) return false;
      return this.isBefore(one, waiter) && this.needsRoom(one.endpoint);
    });
  }

  private isBefore(one: ModelWaiter, other: ModelWaiter): boolean {
    if (one.priority !== other.priority) return one.priority > other.priority;
    return this.queue.indexOf(one) < this.queue.indexOf(other);
  }

  private needsRoom(endpoint: number): boolean {
    if (this.lacking(endpoint) === 0) return false;
    return this.isWithout(endpoint) && this.isCrowded(endpoint);
  }

  /** Nothing is open or being opened there. */
  private isWithout(endpoint: number): boolean {
    return this.at(endpoint, 'connecting', 'idle', 'lent', 'checking').length === 0;
  }

  /** There would be room if one of another endpoint were given up. */
  private isCrowded(endpoint: number): boolean {
    return this.mayOpen(endpoint, 1) && !this.mayOpen(endpoint);
  }

  /** Those for whom nothing is open or may come to be. */
  protected hopeless(): ModelWaiter[] {
    return this.queue.filter(
      (waiter) =>
        this.world.exhausted(waiter.endpoint) !== undefined && this.able(waiter).every((one) => this.isWithout(one)),
    );
  }

  /** Those who do not want to wait while whatever could serve them is down. */
  protected unavailable(): ModelWaiter[] {
    if (!this.config.failFast) return [];
    const isDown = (one: number): boolean =>
      this.world.isDown(one) && this.at(one, 'idle', 'lent', 'checking').length === 0;
    return this.queue.filter((waiter) => this.able(waiter).every(isDown));
  }

  /** The endpoints that could serve the waiter. */
  protected able({ endpoint }: ModelWaiter): readonly number[] {
    return endpoint === undefined ? this.endpoints : [endpoint];
  }

  /** Whether one of the endpoint may go, of all these, without a minimum being missed. */
  protected isSpare({ endpoint }: ModelSlot, of: readonly ModelSlot[]): boolean {
    const live = of.filter(({ isOpen, state }) => isOpen || state === 'connecting');
    const hopeful = live.filter((slot) => slot.isOpen || !this.world.isFailing(slot.endpoint));
    const here = live.filter((slot) => slot.endpoint === endpoint);
    const floor = Math.min(Math.max(this.min, this.warmth), this.limit);
    return hopeful.length > floor && here.length > this.config.minPerEndpoint;
  }

  /** Had been idle for long enough before the tick, and was spare throughout: what has come since does not count. */
  protected hadToExpire(slot: ModelSlot): boolean {
    const stayed = this.slots.filter((one) => this.ownedBefore.includes(one));
    return this.idleBefore.includes(slot) && this.expiry(slot) <= this.now && this.isSpare(slot, stayed);
  }

  /** What was kept for waiters that have left. */
  protected leftOver(): ModelSlot[] {
    return this.slots.filter(({ promise, endpoint }) => promise !== undefined && this.firstFor(endpoint) === undefined);
  }

  protected putAway(): void {
    for (const slot of this.leftOver()) this.offer(slot);
  }
}
