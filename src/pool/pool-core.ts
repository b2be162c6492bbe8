import type { Clock } from '../endpoint/clock.js';
import type { CoreConfig } from './core-config.js';
import type { EventQueue } from './event-queue.js';
import { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { Recorder } from './recorder.js';
import { Sizing } from './sizing.js';
import type { Slot } from './slot.js';
import { Stock, type StockOwner } from './stock.js';
import { WaitQueue } from './wait-queue.js';
import type { Waiter } from './waiter.js';

/**
 * The pool's rules: who gets which connection, what is opened and what is closed. Plain calls in, plain calls out to its host; it knows no
 * socket, no timer, no promise and no Observable.
 *
 * Every method first makes the state consistent, then calls out. Grants, openings and events happen in one loop, `settle`; a call from
 * inside it changes the state and returns, and the loop goes on with what it finds.
 */
export class PoolCore<C> implements StockOwner<C> {
  readonly stock: Stock<C>;
  readonly recorder: Recorder;
  private readonly queue = new WaitQueue<C>();
  private readonly sizing: Sizing<C>;
  private readonly loans: Loans;
  private readonly clock: Clock;
  private readonly events: EventQueue;
  private settling = false;
  /** Something has changed since the loop last began. */
  private again = false;
  private isDrained = false;
  private alarmAt = Infinity;

  constructor(
    private readonly config: CoreConfig,
    private readonly host: PoolHost<C>,
  ) {
    this.clock = config.clock;
    this.events = config.events;
    this.recorder = new Recorder(this.clock.now());
    this.stock = new Stock(config, host, this.recorder, this);
    this.loans = new Loans(config.events, this.clock, this.recorder);
    this.sizing = new Sizing(config, this.stock.table.endpoints, host);
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** A connection now, if one is idle and nobody else waits. Whoever has made its lease calls `settle`, if anybody listens to events. */
  borrow(): Slot<C> | undefined {
    if (this.queue.size > 0 || this.stock.closing) return undefined;
    const slot = this.stock.picker.take();
    if (slot !== undefined) this.loans.begin(slot, 0);
    return slot;
  }

  /** Stands in the queue. False when the queue is full. */
  enqueue(waiter: Waiter<C>, timeout: number): boolean {
    const { totals } = this.recorder;
    if (this.queue.size >= this.config.maxWaiting) {
      this.recorder.mark(this.clock.now());
      totals.rejected++;
      this.events.announce('rejected', this.queue.size);
      this.settle();
      return false;
    }
    totals.queued++;
    const now = this.clock.now();
    this.queue.push(waiter, now, timeout);
    this.events.announce('queued', this.queue.size);
    if (this.queue.size === 1) {
      this.host.keepAlive(true);
      // A borrower is in a hurry: the gates are asked again, which shortens their delays.
      for (const endpoint of this.stock.table.endpoints) endpoint.asked = false;
    }
    this.wakeBy(now + timeout);
    this.settle();
    return true;
  }

  /** Leaves the queue. False, and nothing happens, if it is no longer in it. */
  cancel(waiter: Waiter<C>): boolean {
    if (!this.queue.remove(waiter)) return false;
    this.recorder.totals.cancelled++;
    this.events.announce('cancelled', this.clock.now() - waiter.queuedAt);
    this.calm();
    this.settle();
    return true;
  }

  /** The borrower gives the connection back, at a message boundary. */
  release(slot: Slot<C>): void {
    const now = this.loans.end(slot, 'released');
    this.recorder.totals.released++;
    this.stock.giveBack(slot, now);
    if (slot.state !== this.stock.table.idle || this.events.observed) this.settle();
  }

  /** The borrower is done with the connection, and so is everybody. */
  destroy(slot: Slot<C>, error: unknown): void {
    this.loans.end(slot, 'destroyed', error);
    this.recorder.totals.destroyed++;
    this.stock.shut(slot, 'destroyed', true);
    this.settle();
  }

  /** The borrower keeps the connection. */
  detach(slot: Slot<C>): void {
    this.loans.end(slot, 'detached');
    this.recorder.totals.detached++;
    this.host.disown(slot);
    this.stock.vacate(slot);
    this.settle();
  }

  /** The connection has closed, under us or because it was told to. */
  gone(slot: Slot<C>, error: unknown): void {
    const { closing, lent } = this.stock.table;
    if (slot.state === closing) {
      this.stock.closed(slot);
      return;
    }
    if (slot.state === lent) {
      this.loans.end(slot);
      this.recorder.totals.lostLent++;
    }
    this.stock.lost(slot, error);
  }

  /** The endpoint's gate may have a turn. */
  called(endpoint: PooledEndpoint<C>): void {
    endpoint.asked = false;
    this.settle();
  }

  /** Opens connections until `n` are open; 0 ends it. */
  warm(n: number): void {
    this.sizing.warm = n;
    this.settle();
  }

  /** Does what is due at `now`. */
  tick(now: number): void {
    this.alarmAt = Infinity;
    for (const waiter of this.queue.expired(now)) {
      const waited = now - waiter.queuedAt;
      this.recorder.mark(now);
      this.recorder.totals.timedOut++;
      this.events.announce('timedOut', waited);
      waiter.failed(this.host.timedOut(waited));
    }
    this.calm();
    this.stock.tick(now);
    this.settle();
    this.wakeBy(Math.min(this.queue.nextDeadline(), this.stock.nextDeadline(now)));
  }

  /** Takes no more borrowers, fails those that wait, closes what is not lent. What is lent is closed when it comes back. */
  close(error: unknown): void {
    const { stock } = this;
    const { connecting, idle, checking } = stock.table;
    stock.closing = true;
    this.events.announce('closing');
    this.failAll(error);
    for (const slot of [...stock.table.slots]) {
      if (slot.state === connecting) stock.abort(slot);
      else if (slot.state === idle || slot.state === checking) stock.shut(slot, 'shutdown', false);
    }
    this.settle();
  }

  wakeBy(at: number): void {
    if (at >= this.alarmAt) return;
    this.alarmAt = at;
    this.host.wake(at);
  }

  isSpare(endpoint: PooledEndpoint<C>): boolean {
    return this.sizing.isSpare(endpoint, this.stock.table.open);
  }

  /** Does what there is to do, until there is nothing left. */
  settle(): void {
    this.again = true;
    if (this.settling) return;
    this.settling = true;
    while (this.again) {
      this.again = false;
      while (this.events.flush() || this.serve() || this.grow());
    }
    this.settling = false;
    if (!this.stock.closing || this.isDrained || this.stock.table.owned > 0) return;
    this.isDrained = true;
    this.events.announce('drained', 0);
    this.events.flush();
    this.host.drained();
  }

  /** Grants one connection to the first in line. */
  private serve(): boolean {
    const { queue, stock } = this;
    if (queue.size === 0) return stock.restGood();
    const { validating } = stock.health;
    if (stock.good.length === 0 && (stock.table.idle.size === 0 || validating >= queue.size)) return false;
    const slot = stock.take();
    if (slot === undefined) return stock.health.validating > validating;
    const waiter = queue.shift();
    if (waiter === undefined) {
      stock.giveBack(slot, this.clock.now());
      return true;
    }
    this.calm();
    this.loans.begin(slot, this.clock.now() - waiter.queuedAt);
    waiter.granted(slot);
    return true;
  }

  /** Opens one connection, if one is wanted and there is room for it. */
  private grow(): boolean {
    const { stock, sizing } = this;
    const { table } = stock;
    if (stock.closing) return false;
    const unserved = this.queue.size - table.checking.size;
    if (!sizing.hasRoom(table.owned))
      return table.connecting.size > 0 && table.closing.size === 0 && sizing.wantsRoom(unserved) && stock.dropProbe();
    const endpoint = sizing.pick(unserved, table.open);
    if (endpoint !== undefined) {
      stock.openOn(endpoint);
      return true;
    }
    const exhausted = this.queue.size > 0 && table.live === 0 ? this.host.exhausted() : undefined;
    if (exhausted === undefined) return false;
    this.failAll(exhausted);
    return true;
  }

  /** Fails those who wait now, not whoever comes meanwhile. */
  private failAll(error: unknown): void {
    const waiters: Waiter<C>[] = [];
    for (let waiter = this.queue.shift(); waiter !== undefined; waiter = this.queue.shift()) waiters.push(waiter);
    this.calm();
    for (const waiter of waiters) waiter.failed(error);
  }

  private calm(): void {
    if (this.queue.size === 0) this.host.keepAlive(false);
  }
}
