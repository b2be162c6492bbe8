import type { Hook } from '../../../src/pool/health.js';
import { ModelSlot } from './model-slot.js';
import { LOOK_EVERY, Rules } from './rules.js';

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
  /** Calls of `borrow` under way. */
  private borrowing = 0;
  /** A validation has just begun, and a connection that needs none may stand in. */
  private wantsStandIn = false;
  private isKeptAlive = false;
  private isDrained = false;
  /** Those whose time was up before this tick. */
  private dueBefore: readonly number[] = [];

  // What the core may do.

  granted(id: number, index: number, name: string | undefined): void {
    demand(this.queue[0]?.id === id, `granted to waiter ${id}, and ${this.queue[0]?.id ?? 'nobody'} is first`);
    const isKept = this.slots.some(({ promise }) => promise !== undefined);
    demand(!isKept || this.slot(index).promise !== undefined, `slot ${index} is not the one kept for a waiter`);
    this.lend(index, name);
    this.queue.shift();
  }

  /** What whoever calls `borrow` now may get: nothing while others wait. */
  beginBorrow(): readonly ModelSlot[] {
    this.borrowing++;
    return this.queue.length > 0 || this.isClosing ? [] : this.in('idle');
  }

  /** `borrow` has returned this slot, or nothing. It may miss what has become idle only meanwhile. */
  borrowed(index: number | undefined, name: string | undefined, idle: readonly ModelSlot[]): void {
    this.borrowing--;
    if (index !== undefined) {
      demand(idle.length > 0, 'borrowed past those who wait, or from a pool that closes');
      demand(this.slot(index).promise !== 'offered', `slot ${index} is kept for those who wait`);
      this.lend(index, name);
      return;
    }
    const left = idle.filter((slot) => slot.state === 'idle' && (!this.wantsStandIn || this.isFresh(slot)));
    demand(left.length === 0 || this.isPickStale, 'nothing borrowed, and one is idle');
    this.searchedAt = Infinity;
    this.wantsStandIn = false;
  }

  /** May this idle one be lent? */
  look(index: number): void {
    const slot = this.slot(index);
    const isStandIn = (this.wantsStandIn || this.validating >= this.queue.length) && this.isFresh(slot);
    const isMeant = this.borrowing > 0 || this.isPickStale;
    const isNext = this.next().includes(slot) && (isMeant || this.validating < this.queue.length);
    demand(isMeant || this.isServable(), `slot ${index} is looked at for nobody`);
    demand(slot.state === 'idle' && (isStandIn || isNext), `slot ${index} is not the one to lend`);
    slot.state = 'checking';
    slot.debt = undefined;
    slot.isStandIn = isStandIn && this.wantsStandIn;
    this.searchedAt = Math.min(this.searchedAt, this.ranks);
  }

  /** Something happens from within a look or a hook. */
  interrupted(): void {
    this.isPickStale = true;
    this.lendNext = undefined;
  }

  looked(slot: ModelSlot, ok: boolean): void {
    if (!this.slots.includes(slot) || slot.state !== 'checking') return;
    if (!ok) this.shut(slot, 'unhealthy', true);
    else if (this.isFresh(slot)) this.pick(slot);
    else slot.debt = 'validate';
  }

  check(hook: Hook, index: number, ticket: number, tickets: readonly number[]): void {
    const slot = this.slot(index);
    // The waiter that it was picked for has left from within the hook: put away as after a loan, or just so.
    const isLeft = hook === 'restore' && slot.promise === 'picked' && this.queue.length === 0;
    demand(slot.debt === hook || isLeft, `${hook} is run on slot ${index}, which is ${slot.state}`);
    demand(!tickets.includes(ticket), `ticket ${ticket} is used again`);
    slot.debt = undefined;
    slot.promise = undefined;
    slot.check = { hook, ticket, deadline: this.now + this.config.hookTimeout };
  }

  /** The hook has returned without an answer. */
  unanswered(index: number, ticket: number): void {
    const slot = this.slots.find((one) => one.index === index);
    if (slot?.check?.ticket !== ticket || slot.check.hook !== 'validate') return;
    this.tookFrom(slot);
    this.wantsStandIn = true;
    this.searchedAt = Infinity;
  }

  ask(endpoint: number): void {
    this.putAway();
    const right = this.nextToAsk();
    const isPossible = !this.isRefused[endpoint] && this.hasRoomAt(endpoint);
    demand(
      endpoint === right || (this.isStale && isPossible),
      `a turn is asked of endpoint ${endpoint}, and it should be ${right ?? 'none'}`,
    );
    this.isRefused[endpoint] = true;
  }

  turned(endpoint: number, isTaken: boolean, isInterrupted: boolean): void {
    this.isStale = !isTaken && (isInterrupted || this.isStale);
    if (!isTaken) return;
    this.isRefused[endpoint] = false;
    this.turnTaken = endpoint;
    this.dialNext = (endpoint + 1) % this.endpoints.length;
  }

  openAsked(index: number, endpoint: number): void {
    demand(endpoint === this.turnTaken, `endpoint ${endpoint} is dialled without a turn`);
    demand(index < this.config.max, `slot ${index} is beyond max`);
    demand(!this.slots.some((slot) => slot.index === index), `slot ${index} is used while it is owned`);
    this.turnTaken = undefined;
    this.slots.push(new ModelSlot(index, endpoint));
  }

  abortAsked(index: number): void {
    const slot = this.slot(index);
    demand(slot.state === 'connecting', `slot ${index} is aborted, and is ${slot.state}`);
    demand(this.isClosing || this.isInTheWay(slot), `the attempt on slot ${index} is given up for nothing`);
    slot.state = 'closing';
  }

  closeAsked(index: number, force: boolean): void {
    const slot = this.slot(index);
    if (slot.debt !== 'close' && slot.debt !== 'force') this.shutDue(slot);
    demand(slot.debt === (force ? 'force' : 'close'), `slot ${index} is closed with force: ${force}`);
    slot.debt = undefined;
  }

  rested(index: number): void {
    const slot = this.slot(index);
    if (slot.promise !== undefined && this.queue.length === 0) this.rest([slot]);
    demand(slot.debt === 'rest', `slot ${index} is told to rest, and is ${slot.state}`);
    slot.debt = undefined;
  }

  disownAsked(index: number): void {
    demand(this.disowned.includes(index), `slot ${index} is disowned`);
    this.disowned = this.disowned.filter((one) => one !== index);
  }

  usableAsked(index: number, ok: boolean): void {
    const slot = this.slot(index);
    if (slot.debt === 'usable') {
      slot.debt = undefined;
      if (ok) this.offer(slot);
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
    if (waiter !== undefined && this.isHopeless()) this.condemnAll(this.world.exhausted ?? '');
    // Whoever is failed may close the pool, which fails those who have come since before the rest of the others.
    const next = this.condemned.find((one) => one.error === error);
    demand(next?.id === id, `waiter ${id} is failed with ${String(error)}`);
    this.condemned = this.condemned.filter((one) => one !== next);
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
    const mayLook = rests.length > 0 && at > now && at <= now + LOOK_EVERY;
    const isDue = this.deadlines().includes(at) || rests.some((since) => since + this.config.idleTimeout === at);
    demand(mayLook || isDue, `a wake-up in ${at - now} ms, for nothing`);
  }

  beginTick(): void {
    this.ticking = this.now;
    this.ownedBefore = [...this.slots];
    this.idleBefore = this.in('idle');
    this.dueBefore = this.queue.filter(({ deadline }) => deadline <= this.now).map(({ id }) => id);
  }

  endTick(): void {
    for (const { id } of this.queue) demand(!this.dueBefore.includes(id), `waiter ${id} is not failed in time`);
    for (const { check, index } of this.slots) {
      demand(check === undefined || check.deadline > this.now, `the check of slot ${index} goes on for too long`);
    }
    for (const slot of this.in('idle')) {
      const { index, lookedAt } = slot;
      demand(lookedAt + LOOK_EVERY > this.now, `slot ${index} is not looked at`);
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
    const toAsk = this.nextToAsk();
    demand(toAsk === undefined, `endpoint ${toAsk} is not asked for a turn`);
    for (const slot of this.slots) demand(!this.isInTheWay(slot), `the probe on slot ${slot.index} is in the way`);
    demand(!this.isHopeless() || !this.hasRoom(), 'waiters wait although every endpoint has given up');
    demand(this.isDrained === (this.isClosing && this.slots.length === 0), 'it is not told that all has closed');
    const due = this.nextDue();
    demand(wakeAt <= due, `no wake-up in ${due - this.now} ms`);
    demand(this.isKeptAlive === this.queue.length > 0, `kept alive: ${this.isKeptAlive}`);
  }

  private lend(index: number, name: string | undefined): void {
    const slot = this.slot(index);
    demand(slot.name === name, `slot ${index} is said to hold ${String(name)} and holds ${slot.name}`);
    if (slot.promise === undefined) {
      demand(slot.state === 'idle' && !slot.isHooked, `slot ${index} is lent unseen, and is ${slot.state}`);
      demand(this.next().includes(slot), `slot ${index} is not the one to lend`);
    }
    if (slot.promise !== 'offered') this.tookFrom(slot);
    slot.state = 'lent';
    slot.promise = undefined;
    slot.debt = undefined;
    this.wantsStandIn = false;
    this.searchedAt = Infinity;
    this.totals.borrowed++;
  }

  /** A stand-in is no turn of its endpoint. */
  private tookFrom(slot: ModelSlot): void {
    if (this.isPickStale) this.lendNext = undefined;
    else if (!slot.isStandIn) this.lendNext = (slot.endpoint + 1) % this.endpoints.length;
    slot.isStandIn = false;
  }

  /** Closes what the core closes without having been told to, if it is due. */
  private shutDue(slot: ModelSlot): void {
    if (slot.promise !== undefined) this.putAway();
    const { index, state, check } = slot;
    const now = this.ticking ?? -Infinity;
    if (this.isClosing && (state === 'idle' || state === 'checking')) this.shut(slot, 'shutdown', false);
    else if (check !== undefined && check.deadline <= now) this.shut(slot, 'unhealthy', true);
    else {
      const isLongest = this.longest(this.at(slot.endpoint, 'idle')).includes(slot);
      const isDue = isLongest && this.expiry(slot) <= now && this.isSpare(slot, this.slots);
      demand(isDue, `slot ${index} is closed for nothing, and is ${state}`);
      this.shut(slot, 'idle', false);
    }
  }
}
