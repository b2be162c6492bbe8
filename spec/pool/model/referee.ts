import type { Hook } from '../../../src/pool/pool-host.js';
import type { Loan } from '../../../src/pool/loan.js';
import { ModelSlot } from './model-slot.js';
import type { ModelWaiter } from './pool-model.js';
import { JUMP, LOOK_EVERY, Rules } from './rules.js';

/** Stops the run: the core did what no rule allows, or left undone what a rule demands. */
function demand(isRight: boolean, breach: string): asserts isRight {
  if (!isRight) throw new Error(`breach: ${breach}`);
}

/**
 * Watches a core act. Each thing that it asks of its host or tells a waiter is one act, which must be right at that moment, and when the
 * call into the core returns nothing may be left to do.
 *
 * One act after the other, so that no order of work is prescribed that the design leaves free, and a waiter or host that calls back from
 * within is nothing special. The design does not say the following, so any legal choice is right:
 * - which empty slot is used;
 * - which of several probes is given up for a borrower;
 * - the order among what falls due together, or comes to an end together when the pool closes;
 * - which of several connections that came back for waiters is granted first, or is idle first when these have left;
 * - which connection that needs no validation stands in while the one whose turn it is is validated;
 * - after a call from within a question: whether the round that asked it goes on as it began.
 */
export class Referee extends Rules {
  /** Something happened from within a question for a turn: the round goes on to the next one, although others may be right now. */
  private isStale = false;
  /** Calls of `borrow` under way, with the endpoint that each insists on. */
  private readonly borrowing: (number | undefined)[] = [];
  /** A call of `allocate` is under way. */
  isAllocating = false;
  /** What it will return. */
  private chosen: number | undefined;
  /** Until so many are open, idle ones are being closed. */
  private keeping = Infinity;
  /** What there was when that began, as a rank. */
  private trimmedAt = 0;
  /** Attempts are given up, and then idle ones closed, until there are no more than there may be. */
  private isShrinking = false;
  /** A validation has just begun, and a connection that needs none may stand in. */
  private wantsStandIn = false;
  private isKeptAlive = false;
  private isDrained = false;
  /** Those whose time was up before this tick. */
  private dueBefore: readonly number[] = [];

  // What the core may do.

  granted(id: number, index: number, name: string | undefined): void {
    const slot = this.slot(index);
    const first = this.firstFor(slot.endpoint);
    demand(first?.id === id, `granted to waiter ${id}, and ${first?.id ?? 'nobody'} is first`);
    const kept = this.slots.filter((one) => one.promise !== undefined && this.firstFor(one.endpoint) !== undefined);
    demand(kept.length === 0 || kept.includes(slot), `slot ${index} is not the one kept for a waiter`);
    demand(!this.isOwed(slot, first), `waiter ${id} is served at the cost of one before it`);
    this.lend(slot, name, undefined);
    this.queue = this.queue.filter((one) => one !== first);
  }

  /** What whoever calls `borrow` now may get: nothing that somebody waits for. */
  beginBorrow(endpoint: number | undefined): readonly ModelSlot[] {
    const isPassing = this.queue.length > 0;
    const free = this.slots.filter((slot) => {
      const fits = endpoint === undefined || slot.endpoint === endpoint;
      const isWanted = this.firstFor(slot.endpoint) !== undefined;
      return fits && !isWanted && (slot.state === 'idle' || (!isPassing && this.mayShare(slot)));
    });
    const passed = this.endpoints.find((one) => free.some((slot) => slot.endpoint === one));
    this.borrowing.push(isPassing ? passed : endpoint);
    return this.isClosing ? [] : free;
  }

  /** `borrow` has returned this slot, or nothing. It may miss what has become free only meanwhile. */
  borrowed(index: number | undefined, name: string | undefined, free: readonly ModelSlot[]): void {
    const endpoint = this.borrowing.at(-1);
    if (index !== undefined) {
      const slot = this.slot(index);
      demand(free.length > 0, 'borrowed past those who wait, or from a pool that closes');
      demand(slot.promise !== 'offered', `slot ${index} is kept for those who wait`);
      demand(endpoint === undefined || endpoint === slot.endpoint, `slot ${index} is not where it was asked for`);
      this.lend(slot, name, { endpoint });
      this.borrowing.pop();
      return;
    }
    this.borrowing.pop();
    const left = free.filter(
      (slot) => this.mayShare(slot) || (slot.state === 'idle' && (!this.wantsStandIn || this.isFresh(slot))),
    );
    // One that was opened at once for a bad one may have been met instead.
    const mayMiss = this.isPickStale || this.queue.length > 0 || this.ranks > this.searchedAt;
    demand(left.length === 0 || mayMiss, 'nothing borrowed, and one is free');
    this.searchedAt = Infinity;
    this.wantsStandIn = false;
  }

  /** May this idle one be lent? */
  look(index: number): void {
    const slot = this.slot(index);
    demand(slot.state === 'idle', `slot ${index} is looked at, and is ${slot.state}`);
    demand(this.endMet(slot) === undefined, `slot ${index} is looked at, and is too old`);
    if (this.isAllocating) {
      demand(this.isHealthiest(slot), `slot ${index} is not the one to allocate`);
      return;
    }
    const isStandIn = this.mayStandIn(slot);
    const isMeant = this.borrowing.length > 0 || this.isPickStale;
    const isNext = this.isNext(slot) && (isMeant || this.mayValidate(slot.endpoint));
    demand(isMeant || this.isServable(), `slot ${index} is looked at for nobody`);
    demand(isStandIn || isNext, `slot ${index} is not the one to lend`);
    slot.state = 'checking';
    slot.debt = undefined;
    this.searchedAt = Math.min(this.searchedAt, this.ranks);
  }

  /** Something happens from within a look or a hook. */
  interrupted(): void {
    this.isPickStale = true;
  }

  looked(slot: ModelSlot, ok: boolean): void {
    if (this.isAllocating && slot.state === 'idle') {
      if (!ok) this.shut(slot, 'unhealthy', true);
      return;
    }
    if (!this.slots.includes(slot) || slot.state !== 'checking') return;
    if (!ok) this.shut(slot, 'unhealthy', true);
    else if (this.isFresh(slot)) this.pick(slot);
    else slot.debt = 'validate';
  }

  check(hook: Hook, index: number, ticket: number, tickets: readonly number[]): void {
    const slot = this.slot(index);
    // The waiter that it was picked for has left from within the hook: put away as after a loan, or just so.
    const isLeft = hook === 'restore' && slot.promise === 'picked' && this.queue.length === 0;
    const wasIdle = hook === 'validate' && slot.state === 'idle' && this.isToBeValidated(slot);
    demand(slot.debt === hook || isLeft || wasIdle, `${hook} is run on slot ${index}, which is ${slot.state}`);
    demand(!tickets.includes(ticket), `ticket ${ticket} is used again`);
    slot.debt = undefined;
    slot.promise = undefined;
    slot.state = 'checking';
    slot.check = { wasIdle, hook, ticket, deadline: this.now + this.config.hookTimeout };
  }

  /** The hook has returned without an answer. */
  unanswered(index: number, ticket: number): void {
    const slot = this.slots.find((one) => one.index === index);
    if (slot?.check?.ticket !== ticket || slot.check.hook !== 'validate' || slot.check.wasIdle) return;
    this.wantsStandIn = true;
    this.searchedAt = Infinity;
  }

  ask(endpoint: number): void {
    this.putAway();
    const right = this.toAsk();
    const isPossible = this.mayOpen(endpoint);
    demand(
      right.includes(endpoint) || (this.isStale && isPossible),
      `a turn is asked of endpoint ${endpoint}, and it should be one of [${right.join()}]`,
    );
    this.isRefused[endpoint] = true;
  }

  turned(endpoint: number, isTaken: boolean, isInterrupted: boolean): void {
    this.isStale = !isTaken && (isInterrupted || this.isStale);
    if (!isTaken) return;
    this.isRefused[endpoint] = false;
    this.turnTaken = endpoint;
    this.isStretched = false;
  }

  openAsked(index: number, endpoint: number): void {
    demand(endpoint === this.turnTaken, `endpoint ${endpoint} is dialled without a turn`);
    demand(this.slots.length < this.limit, `slot ${index} is beyond max`);
    demand(!this.outs.has(index), `slot ${index} is used, and was taken out`);
    demand(!this.slots.some((slot) => slot.index === index), `slot ${index} is used while it is owned`);
    this.turnTaken = undefined;
    this.slots.push(new ModelSlot(index, endpoint));
  }

  abortAsked(index: number): void {
    const slot = this.slot(index);
    demand(slot.state === 'connecting', `slot ${index} is aborted, and is ${slot.state}`);
    const isMeant = this.isClosing || slot.dismissed !== undefined || (this.isShrinking && this.live > this.limit);
    demand(isMeant || this.isInTheWay(slot), `the attempt on slot ${index} is given up for nothing`);
    slot.state = 'closing';
    slot.dismissed = undefined;
  }

  closeAsked(index: number, force: boolean, reason: string): void {
    const slot = this.slot(index);
    if (slot.debt !== 'close' && slot.debt !== 'force') this.shutDue(slot, reason);
    demand(
      slot.reason === reason || slot.isAttempt,
      `slot ${index} is closed as ${reason}, and should be as ${slot.reason}`,
    );
    demand(slot.debt === (force ? 'force' : 'close'), `slot ${index} is closed with force: ${force}`);
    slot.debt = undefined;
  }

  rested(index: number): void {
    const slot = this.slot(index);
    if (slot.promise !== undefined && this.firstFor(slot.endpoint) === undefined) this.offer(slot);
    demand(slot.debt === 'rest', `slot ${index} is told to rest, and is ${slot.state}`);
    slot.debt = undefined;
  }

  held(index: number): void {
    const slot = this.slot(index);
    demand(this.isAllocating && this.isHealthiest(slot), `slot ${index} is held for nobody`);
    demand(this.queue.length === 0 && !this.isClosing, 'allocated past those who wait, or from a pool that closes');
    this.chosen = index;
    if (this.world.pending(slot.name) > 0) this.isStretched = true;
    if (slot.state !== 'idle') return;
    slot.rank = slot.rankFrom = ++this.ranks;
    slot.idleSince = this.now;
  }

  shrunk(reach: number): void {
    const { endpoints, maxPerEndpoint } = this.config;
    const most = Math.min(this.max - this.outs.size, maxPerEndpoint * endpoints);
    demand(reach === most, `${reach} are said to be possible, and ${most} are`);
  }

  disownAsked(index: number): void {
    demand(this.disowned.includes(index), `slot ${index} is disowned`);
    this.disowned = this.disowned.filter((one) => one !== index);
  }

  usableAsked(index: number, ok: boolean): void {
    const slot = this.slot(index);
    if (slot.debt === 'usable') {
      slot.debt = undefined;
      if (ok) this.offer(slot, slot.wasIdle);
    } else {
      demand(slot.state === 'idle' && this.ticking !== undefined, `slot ${index} is swept, and is ${slot.state}`);
      slot.lookedAt = this.now;
    }
    if (!ok) this.shut(slot, 'unhealthy', true);
  }

  failed(id: number, error: unknown): void {
    const waiter = this.queue.find((one) => one.id === id);
    if (waiter !== undefined && this.isTimedOut(waiter, error)) {
      this.totals.timedOut++;
      this.queue = this.queue.filter((one) => one !== waiter);
      return;
    }
    if (waiter !== undefined && error === 'given up') this.condemnLike(waiter, this.hopeless(), error);
    if (waiter !== undefined && error === 'unavailable') this.condemnLike(waiter, this.unavailable(), error);
    // Whoever is failed may close the pool, which fails those who have come since before the rest of the others.
    const condemned = this.condemned.find((one) => one.id === id);
    const next = this.condemned.find(
      (one) => one.error === error && one.priority === condemned?.priority && one.endpoint === condemned.endpoint,
    );
    demand(next?.id === id, `waiter ${id} is failed with ${String(error)}`);
    this.condemned = this.condemned.filter((one) => one !== next);
  }

  /** All that wait for the same are failed together. */
  private condemnLike({ priority, endpoint }: ModelWaiter, among: readonly ModelWaiter[], error: string): void {
    this.condemn(
      among.filter((one) => one.priority === priority && one.endpoint === endpoint),
      error,
    );
  }

  guarded(index: number): void {
    const slot = this.slot(index);
    demand(slot.state === 'lent', `slot ${index} is guarded, and is ${slot.state}`);
    for (const loan of slot.loans) loan.isGuarded = true;
  }

  grown(open: number): void {
    demand(open === this.open, `${open} are said to be open, and ${this.open} are`);
  }

  keepAlive(on: boolean): void {
    this.isKeptAlive = on;
  }

  drained(): void {
    demand(this.isClosing && this.slots.length === 0 && !this.isDrained, 'drained too soon, or twice');
    this.isDrained = true;
  }

  /** No wake-up is asked for at which there is nothing to do, except the looks at what is idle. */
  wake(at: number): void {
    const { now } = this;
    const rests = [...this.in('idle').map(({ idleSince }) => idleSince), ...this.leftOver().map(() => now)];
    const mayLook = (this.open > 0 || this.isClosing) && at <= now + LOOK_EVERY;
    // A loan is watched before anybody has heard of it.
    const due = [...this.deadlines(), now + this.config.leakAfter];
    const isDue = due.includes(at) || rests.some((since) => since + this.config.idleTimeout === at);
    demand(mayLook || isDue, `a wake-up in ${at - now} ms, for nothing`);
  }

  /** @param wakeAt when it should have come */
  beginTick(wakeAt: number): void {
    this.ticking = this.now;
    if (this.now - wakeAt > JUMP) this.suspectAt.fill(this.now);
    this.ownedBefore = [...this.slots];
    this.idleBefore = this.in('idle');
    this.dueBefore = this.queue.filter(({ deadline }) => deadline <= this.now).map(({ id }) => id);
  }

  endTick(): void {
    for (const { id } of this.queue) demand(!this.dueBefore.includes(id), `waiter ${id} is not failed in time`);
    for (const { check, index } of this.slots) {
      demand(check === undefined || check.deadline > this.now, `the check of slot ${index} goes on for too long`);
    }
    for (const loan of this.loans) {
      demand(loan.isGuarded || loan.lentAt + LOOK_EVERY > this.now, 'a connection is lent for long and not guarded');
      if (!this.isLeaked(loan)) continue;
      loan.isReported = true;
      this.leaks.held++;
    }
    for (const slot of this.in('idle')) {
      const { index, lookedAt } = slot;
      demand(lookedAt + LOOK_EVERY > this.now, `slot ${index} is not looked at`);
      demand(slot.expiresAt + this.patience > this.now, `slot ${index} has lived for too long`);
      demand(this.validationDue(slot) > this.now, `slot ${index} is not validated`);
      demand(!this.hadToExpire(slot), `slot ${index} has been idle for too long`);
      // Where a minimum keeps one for longer, those that became idle after it wait for the next look with it.
      slot.mayOverstay = this.at(slot.endpoint, 'idle').some((one) => this.expiry(one) <= this.now);
    }
    this.ticking = undefined;
  }

  // What the core must have done.

  /** A call into the core has returned: nothing is left to do before it wakes up, and it does not sleep for too long. */
  mustBeAtRest(wakeAt: number): void {
    this.wantsStandIn = false;
    this.isStale = false;
    this.isPickStale = false;
    this.searchedAt = Infinity;
    this.putAway();
    for (const { index, debt, promise } of this.slots) {
      demand(debt === undefined, `slot ${index}: the host is not asked to ${debt}`);
      demand(promise === undefined, `slot ${index} is kept from those who wait`);
    }
    demand(this.turnTaken === undefined, `the turn of endpoint ${this.turnTaken} is not used`);
    demand(this.disowned.length === 0, 'a detached connection is not disowned');
    demand(this.condemned.length === 0, 'a waiter is told nothing');
    demand(!this.isClosing || this.in('connecting', 'idle', 'checking').length === 0, 'something is not closed');
    demand(!this.isServable(), 'a waiter waits while a connection is idle');
    const toAsk = this.toAsk();
    demand(toAsk.length === 0, `endpoint ${toAsk.join(' or ')} is not asked for a turn`);
    for (const slot of this.slots) demand(!this.isInTheWay(slot), `slot ${slot.index} is in the way`);
    demand(this.hopeless().length === 0, 'waiters wait although whatever could serve them has given up');
    demand(this.unavailable().length === 0, 'waiters wait although whatever could serve them is down');
    demand(this.isDrained === (this.isClosing && this.slots.length === 0), 'it is not told that all has closed');
    const due = this.nextDue();
    demand(wakeAt <= due, `no wake-up in ${due - this.now} ms`);
    demand(this.isKeptAlive === this.queue.length > 0, `kept alive: ${this.isKeptAlive}`);
  }

  /** What the core knows of the loan just begun. */
  noted(index: number, loan: Loan | undefined): void {
    const latest = this.slot(index).loans.at(-1);
    if (latest !== undefined) latest.loan = loan;
  }

  /** All of these are to be sent away, at once or as soon as nobody has them. */
  dismiss(slots: readonly ModelSlot[], reason: string): void {
    for (const slot of slots) {
      if (slot.state === 'lent') this.doom(slot, reason);
      else if (slot.state !== 'closing') slot.dismissed = reason;
    }
  }

  dismissedAll(): void {
    for (const { index, dismissed } of this.slots) demand(dismissed === undefined, `slot ${index} is not sent away`);
  }

  beginFree(keep: number): void {
    this.trimmedAt = this.ranks;
    this.keeping = Math.max(keep, this.min);
  }

  endFree(): void {
    const isLeft = this.open > this.keeping && this.slots.some((slot) => this.isLongestToSpare(slot));
    demand(!isLeft || this.isRefilled(), 'more are idle than are to be kept');
    this.keeping = Infinity;
  }

  beginResize(min: number, max: number): void {
    this.trimmedAt = this.ranks;
    this.min = min;
    this.max = max;
    this.hasShrunk = this.live > this.limit;
    this.isShrinking = true;
  }

  endResize(): void {
    const canShrink = this.slots.some((slot) => slot.state === 'connecting' || this.isLongestToSpare(slot));
    demand(this.live <= this.limit || !canShrink || this.isRefilled(), 'more are kept than there may be');
    this.isShrinking = false;
  }

  /** Something has been opened at once in the place of what was closed, and may have been closed instead of others. */
  private isRefilled(): boolean {
    return this.ranks > this.trimmedAt;
  }

  beginAllocate(): void {
    this.isAllocating = true;
  }

  /** `allocate` has returned this slot, or nothing. */
  allocated(index: number | undefined): void {
    this.isAllocating = false;
    const mayBe = this.queue.length === 0 && !this.isClosing;
    demand(index === this.chosen, `slot ${index} is allocated, and ${this.chosen} was chosen`);
    this.chosen = undefined;
    const found = this.slots.filter((slot) => this.isHealthiest(slot));
    demand(index !== undefined || found.length === 0 || !mayBe, 'nothing is allocated, and one is open');
  }

  /** The fewest bytes wait to be written to it, then it has the fewest loans, and then it is the longest idle. */
  private isHealthiest(slot: ModelSlot): boolean {
    const isKept = (one: ModelSlot): boolean => one.expiresAt > this.now && !this.isOverdue(one);
    const rivals = this.in('idle', 'lent').filter(isKept);
    const weight = ({ name, loans, idleSince }: ModelSlot): number[] => [
      ...[this.world.pending(name), loans.length],
      loans.length === 0 ? idleSince : 0,
    ];
    const own = weight(slot);
    const isLess = (other: number[]): boolean => {
      const at = other.findIndex((one, i) => one !== own[i]);
      return at >= 0 && other[at]! < own[at]!;
    };
    return rivals.includes(slot) && !rivals.some((one) => isLess(weight(one)));
  }

  /** The core no longer lends the connection: its place is due to somebody who wants another endpoint. */
  surrendered(index: number): void {
    const slot = this.slot(index);
    if (slot.state !== 'lent' || slot.doom !== undefined) return;
    const isMeant = this.queue.some(({ endpoint }) => endpoint !== undefined && endpoint !== slot.endpoint);
    demand(isMeant && this.config.concurrency > 1, `slot ${index} is given up for nobody`);
    this.doom(slot, 'surplus');
  }

  /** @param borrow whoever takes it at once, or else it is for somebody who waits */
  private lend(slot: ModelSlot, name: string | undefined, borrow: { endpoint: number | undefined } | undefined): void {
    const { index } = slot;
    demand(slot.name === name, `slot ${index} is said to hold ${String(name)} and holds ${slot.name}`);
    if (slot.state === 'lent') this.share(slot, borrow);
    else {
      if (slot.promise === undefined) {
        demand(slot.state === 'idle' && !slot.isHooked, `slot ${index} is lent unseen, and is ${slot.state}`);
        demand(this.isPickStale || this.isNext(slot), `slot ${index} is not the one to lend`);
        demand(this.endMet(slot) === undefined, `slot ${index} is lent, and is too old`);
      }
    }
    slot.state = 'lent';
    slot.promise = undefined;
    slot.debt = undefined;
    if (slot.dismissed !== undefined) this.doom(slot, slot.dismissed);
    slot.dismissed = undefined;
    slot.loans.push({ lentAt: this.now, isGuarded: false, isReported: false, loan: undefined });
    this.wantsStandIn = false;
    this.searchedAt = Infinity;
    this.totals.borrowed++;
  }

  /** The one with the fewest loans, and only while none is idle for those who ask. */
  private share(slot: ModelSlot, borrow: { endpoint: number | undefined } | undefined): void {
    const { index, loans, endpoint } = slot;
    demand(this.mayShare(slot), `slot ${index} is lent once more, and must not be`);
    const only = borrow === undefined ? this.waitingFor(endpoint) > 0 : borrow.endpoint !== undefined;
    const rivals = this.slots.filter((one) => !only || one.endpoint === endpoint);
    const isLeast = rivals.every((one) => !this.mayShare(one) || one.loans.length >= loans.length);
    demand(isLeast, `slot ${index} is lent once more, and is not the one with the fewest loans`);
    const idle = rivals.filter((one) => one.state === 'idle' && this.isFresh(one) && one.rank <= this.searchedAt);
    demand(idle.length === 0 || this.isPickStale, `slot ${index} is lent once more, and another one is idle`);
  }

  private isNext(slot: ModelSlot): boolean {
    const asked = this.borrowing.length > 0 ? this.borrowing : this.queue.map(({ endpoint }) => endpoint);
    const isAny = asked.includes(undefined) || this.isPickStale;
    return (
      (isAny && this.next().includes(slot)) ||
      (asked.includes(slot.endpoint) && this.nextOf(slot.endpoint).includes(slot))
    );
  }

  /** Closes what the core closes without having been told to, if it is due. */
  private shutDue(slot: ModelSlot, reason: string): void {
    if (slot.promise !== undefined) this.putAway();
    if (slot.debt === 'close' || slot.debt === 'force') return;
    const { index, state } = slot;
    demand(this.isDue(slot, reason), `slot ${index} is closed as ${reason} for nothing, and is ${state}`);
    this.shut(slot, reason, reason === 'unhealthy');
  }

  private isDue(slot: ModelSlot, reason: string): boolean {
    const { state, check, dismissed } = slot;
    const isFree = state === 'idle' || state === 'checking';
    const now = this.ticking ?? -Infinity;
    switch (reason) {
      case 'shutdown':
        return this.isClosing && isFree;
      case 'unhealthy':
        return check !== undefined && check.deadline <= now;
      case 'surplus':
        return this.isTrimmed(slot) || this.isInTheWay(slot) || this.isPassedOver(slot);
      case 'idle':
        return this.isMet(slot, reason) || this.isExpired(slot, now);
      case 'lifetime':
      case 'uses':
        return this.isMet(slot, reason) || (state === 'idle' && slot.lookedAt === now && this.endOf(slot) === reason);
      default:
        return isFree && dismissed === reason;
    }
  }

  private isTrimmed(slot: ModelSlot): boolean {
    const isTooMuch = this.isShrinking && this.in('connecting').length === 0 && this.live > this.limit;
    return (isTooMuch || this.open > this.keeping) && this.isLongestToSpare(slot);
  }

  /** About to be lent to somebody who comes after one for whom its place is needed. */
  private isPassedOver(slot: ModelSlot): boolean {
    const waiter: ModelWaiter | undefined = this.firstFor(slot.endpoint);
    if (waiter === undefined || !this.isOwed(slot, waiter)) return false;
    if (slot.promise === undefined && (slot.isHooked || !this.isNext(slot))) return false;
    return slot.state === 'checking' || slot.state === 'idle';
  }

  private isExpired(slot: ModelSlot, now: number): boolean {
    const isLongest = this.longest(this.at(slot.endpoint, 'idle')).includes(slot);
    return isLongest && this.expiry(slot) <= now && this.isSpare(slot, this.slots);
  }

  /** Met by a search, and too old, which no tick has seen to. */
  private isMet(slot: ModelSlot, reason: string): boolean {
    const isSearching = this.borrowing.length > 0 || this.queue.length > 0 || this.isPickStale;
    if (slot.state !== 'idle' || !isSearching || this.endMet(slot) !== reason) return false;
    this.searchedAt = Math.min(this.searchedAt, this.ranks);
    return this.mayStandIn(slot) || this.isNext(slot);
  }

  private mayStandIn(slot: ModelSlot): boolean {
    return (this.wantsStandIn || this.isSaturated(slot.endpoint)) && this.isFresh(slot);
  }

  private isToBeValidated({ isHooked, checkedAt, lookedAt }: ModelSlot): boolean {
    const isLooking = this.ticking !== undefined && lookedAt === this.now;
    return isLooking && isHooked && checkedAt + this.config.validateEvery <= this.now;
  }
}
