import type { Clock } from '../endpoint/clock.js';
import type { Pass } from '../limit/pass.js';
import { Allocator } from './allocator.js';
import type { CoreConfig } from './core-config.js';
import { Dispatcher } from './dispatcher.js';
import type { EventQueue } from './event-queue.js';
import { Judge } from './judge.js';
import type { Loan, Origin } from './loan.js';
import { Lobby } from './lobby.js';
import { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { Recorder } from './recorder.js';
import { Roster } from './roster.js';
import { Sizing } from './sizing.js';
import type { CloseReason } from './close-reason.js';
import type { Slot } from './slot.js';
import type { StockOwner } from './stock-owner.js';
import { Stock } from './stock.js';
import { Trimmer } from './trimmer.js';
import { Upkeep } from './upkeep.js';
import { WaitQueue } from './wait-queue.js';

/** What is later than this, in ms, was not late by itself: the process was frozen, or the machine asleep. */
const JUMP = 5_000;

/**
 * The pool's rules: who gets which connection, what is opened and what is closed. Plain calls in, plain calls out to its host; it knows no
 * socket, no timer, no promise and no Observable.
 *
 * Every method first makes the state consistent, then calls out. Grants, openings and events happen in one loop, that of the dispatcher.
 */
export class PoolCore<C> implements StockOwner<C> {
  readonly stock: Stock<C>;
  readonly recorder: Recorder;
  readonly sizing: Sizing<C>;
  readonly loans: Loans;
  readonly judge: Judge<C>;
  readonly roster: Roster<C>;
  readonly lobby: Lobby<C>;
  readonly trimmer: Trimmer<C>;
  readonly allocator: Allocator<C>;
  readonly queue: WaitQueue<C>;
  readonly dispatcher: Dispatcher<C>;
  private readonly upkeep: Upkeep<C>;
  private readonly clock: Clock;
  private readonly events: EventQueue;
  private alarmAt = Infinity;

  constructor(
    config: CoreConfig,
    private readonly host: PoolHost<C>,
  ) {
    this.clock = config.clock;
    this.events = config.events;
    this.recorder = new Recorder(this.clock.now());
    this.queue = new WaitQueue(this.clock.now());
    this.stock = new Stock(config, host, this.recorder, this);
    this.judge = new Judge(config, this.stock.balancer, this);
    this.loans = new Loans(config, this.recorder, this);
    this.sizing = new Sizing(config, this.stock, this.judge, host);
    this.trimmer = new Trimmer(this.stock, this.sizing, config.events, host);
    this.allocator = new Allocator(this, host);
    this.dispatcher = new Dispatcher(this, config, host);
    this.roster = new Roster(this, this.clock);
    this.lobby = new Lobby(config, this, host);
    this.upkeep = new Upkeep(this.stock, this.loans, host);
  }

  /** Those who wait for a connection; not those who wait for leave to do so. */
  get waiting(): number {
    return this.queue.size;
  }

  /**
   * A connection now, if there is one for which nobody waits. Whoever has made its lease calls `settle`, if anybody listens to events.
   */
  borrow(origin?: Origin, endpoint?: PooledEndpoint<C>, pass?: Pass): Slot<C> | undefined {
    if (this.stock.isClosing) return undefined;
    const now = this.clock.now();
    const slot = this.queue.size === 0 ? this.stock.take(now, endpoint) : this.dispatcher.takePassed(now, endpoint);
    if (slot === undefined) return undefined;
    this.loans.begin(slot, 0, now, origin, pass);
    // One that was idle has the next look ahead of it already.
    if (slot.leases > 1) this.wakeBy(this.stock.sweeper.lookAt);
    return slot;
  }

  /** The borrower gives the connection back, at a message boundary. */
  release(slot: Slot<C>, loan: Loan | undefined): void {
    const now = this.loans.end(slot, loan, 'released');
    this.recorder.totals.released++;
    if (!this.stock.sharing.end(slot)) this.stock.giveBack(slot, now);
    if (
      slot.state !== this.stock.table.idle ||
      this.queue.size > 0 ||
      this.events.observed ||
      loan?.pass ||
      this.judge.isDue
    )
      this.settle();
  }

  /** The borrower is done with the connection; those who share it may finish. */
  destroy(slot: Slot<C>, loan: Loan | undefined, error: unknown): void {
    this.discard(slot, loan, 'destroyed', error);
  }

  /** The connection is taken from whoever has it, and closed at once. */
  revoke(slot: Slot<C>, reason: CloseReason, error: unknown): void {
    this.recorder.totals.destroyed += this.loans.endAll(slot, 'destroyed', error);
    this.stock.shut(slot, reason, true);
    this.settle();
  }

  /** A lease is gone without having been released, so nobody knows what is on its way to the socket. */
  leaked(slot: Slot<C>, loan: Loan | undefined): void {
    const amount = this.clock.now() - (loan ?? slot).lentAt;
    this.events.tell('leaked', slot, { amount, origin: loan?.origin, reason: 'collected' });
    this.discard(slot, loan, 'leaked');
  }

  /** The borrower keeps the connection, which nobody else has. */
  detach(slot: Slot<C>): void {
    this.recorder.totals.detached += this.loans.endAll(slot, 'detached');
    this.stock.sharing.clear(slot);
    const { connection } = slot;
    this.stock.vacate(slot);
    if (connection !== undefined) this.host.disown(slot, connection);
    this.settle();
  }

  /** The connection has closed, under us or because it was told to. */
  gone(slot: Slot<C>, error: unknown): void {
    const { closing, lent } = this.stock.table;
    if (slot.state === closing) {
      this.stock.closed(slot);
      return;
    }
    if (slot.state === lent) this.recorder.totals.lostLent += this.loans.endAll(slot);
    this.stock.lost(slot, error);
  }

  /** The endpoint's gate may have a turn; without one, there may be a permit for any. */
  called(endpoint?: PooledEndpoint<C>): void {
    for (const one of endpoint ? [endpoint] : this.stock.table.endpoints) one.asked = false;
    this.settle();
  }

  /** Opens connections until `n` are open; 0 ends it. */
  warm(n: number): void {
    this.sizing.warm = n;
    this.settle();
  }

  /** Replaces one connection, or with `isOut` takes its slot out of use. By force it is taken from whoever has it. */
  reset(slot: Slot<C>, force: boolean, isOut: boolean): void {
    const { stock } = this;
    if (isOut) {
      stock.table.takeOut(slot);
      this.host.shrunk(this.sizing.reach);
    }
    if (force && slot.state === stock.table.lent) this.revoke(slot, 'reset', undefined);
    else stock.dismiss(slot, 'reset');
    this.settle();
  }

  /** Does what is due at `now`. */
  tick(now: number): void {
    // Whatever has slept through this may have died meanwhile.
    if (now - this.alarmAt > JUMP) for (const endpoint of this.stock.table.endpoints) endpoint.suspectAt = now;
    this.alarmAt = Infinity;
    for (const [waiter, timeout] of this.queue.expired(now)) {
      const waited = now - waiter.queuedAt;
      this.recorder.mark(now);
      this.recorder.totals.timedOut++;
      this.events.announce('timedOut', waited);
      waiter.failed(this.host.timedOut(waited, timeout, waiter.origin?.label, waiter.pass?.lacking));
    }
    this.dispatcher.calm();
    this.loans.tick(now);
    this.judge.tick(now);
    this.upkeep.tick(now);
    this.settle();
    this.wakeBy(
      Math.min(
        this.queue.nextDeadline(),
        this.upkeep.nextDeadline(now),
        this.loans.nextDeadline(),
        this.judge.nextDeadline(),
        this.stock.balancer.warm(now),
      ),
    );
  }

  /** Takes no more borrowers, fails those that wait, closes what is not lent. What is lent is closed when it comes back. */
  close(error: unknown): void {
    const { stock } = this;
    stock.isClosing = true;
    this.events.announce('closing');
    this.dispatcher.fail(() => error, [...this.queue.lanes, this.queue.parked]);
    for (const slot of [...stock.table.slots]) if (slot.state !== stock.table.lent) stock.dismiss(slot, 'shutdown');
    this.settle();
  }

  wakeBy(at: number): void {
    if (at >= this.alarmAt) return;
    this.alarmAt = at;
    this.host.wake(at);
  }

  get endpoints(): readonly PooledEndpoint<C>[] {
    return this.stock.table.endpoints;
  }

  isWanted(endpoint: PooledEndpoint<C>): boolean {
    return this.queue.size > 0 && this.queue.firstFor(endpoint) !== undefined;
  }

  isSpare(endpoint: PooledEndpoint<C>): boolean {
    return this.sizing.isSpare(endpoint);
  }

  isFilled(endpoint: PooledEndpoint<C>): boolean {
    return endpoint.warmth === 1 && !this.sizing.isBelowShare(endpoint);
  }

  isOut(endpoint: PooledEndpoint<C>): boolean {
    return this.judge.isOut(endpoint);
  }

  isSurplus(): boolean {
    return this.sizing.isOver;
  }

  settle(): void {
    this.loans.leaveLimits();
    this.dispatcher.settle();
  }

  /** Ends a loan whose connection is not to be lent again: closed by force, when the last who have it are done. */
  private discard(slot: Slot<C>, loan: Loan | undefined, reason: CloseReason, error?: unknown): void {
    const { stock } = this;
    this.loans.end(slot, loan, 'destroyed', error);
    this.recorder.totals.destroyed++;
    if (slot.leases > 1) stock.dismiss(slot, reason);
    if (!stock.sharing.end(slot)) stock.shut(slot, reason);
    this.settle();
  }
}
