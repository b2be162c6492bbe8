import type { Clock } from '../endpoint/clock.js';
import type { CoreConfig } from './core-config.js';
import type { EventQueue } from './event-queue.js';
import { Balancer } from './balancer.js';
import { Health } from './health.js';
import { Lender } from './lender.js';
import { Lifetimes } from './lifetimes.js';
import type { Hook, PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Recorder } from './recorder.js';
import { Sharing } from './sharing.js';
import { SlotTable } from './slot-table.js';
import { isForced, type CloseReason } from './close-reason.js';
import type { Slot } from './slot.js';
import type { StockOwner } from './stock-owner.js';
import { Sweeper } from './sweeper.js';

/**
 * The connections that a pool owns, from the start of dialling until they have closed: which may be lent, which are being checked, which
 * are on their way out.
 */
export class Stock<C> {
  readonly table: SlotTable<C>;
  /** Whether whatever comes free is closed instead of kept. */
  isClosing = false;
  readonly health: Health<C>;
  readonly balancer: Balancer<C>;
  readonly lifetimes: Lifetimes;
  readonly sharing: Sharing<C>;
  readonly lender: Lender<C>;
  readonly sweeper: Sweeper<C>;
  /** How often a connection has been allocated. */
  allocations = 0;
  /** Checked and on the way to a waiter. They count as checking. */
  readonly good: Slot<C>[] = [];
  private readonly clock: Clock;
  private readonly events: EventQueue;

  constructor(
    config: CoreConfig,
    private readonly host: PoolHost<C>,
    private readonly recorder: Recorder,
    private readonly owner: StockOwner<C>,
  ) {
    this.clock = config.clock;
    this.events = config.events;
    this.table = new SlotTable<C>(config.order, this.clock);
    this.balancer = new Balancer(config, this.table.endpoints);
    this.health = new Health(host, this.table, this.clock, config.hookTimeout, owner);
    this.lifetimes = new Lifetimes(config);
    this.sharing = new Sharing(this.table, config.concurrency, config.maxUses);
    this.lender = new Lender(this, host, owner, config);
    this.sweeper = new Sweeper(config, this.table.endpoints, this.lifetimes, host, owner, this.clock.now());
  }

  /** Opens a connection, on a turn that has been taken. */
  openOn(endpoint: PooledEndpoint<C>): void {
    const slot = this.table.vacant(endpoint);
    slot.doom = undefined;
    this.table.move(slot, this.table.connecting);
    this.events.tell('connecting', slot);
    this.host.open(slot);
  }

  /**
   * @param hasHooks whether there is anything to be done after its loans
   * @param hasLook whether it is to be looked at before them
   */
  opened(slot: Slot<C>, connection: C, latency: number, hasHooks: boolean, hasLook: boolean): void {
    const now = this.clock.now();
    if (this.table.open === 0) this.sweeper.begin(now);
    const { endpoint } = slot;
    slot.connection = connection;
    endpoint.isDead = false;
    endpoint.isLost = false;
    slot.hasHooks = hasHooks;
    slot.hasLook = hasLook;
    slot.latency = latency;
    slot.openedAt = now;
    slot.checkedAt = now;
    this.lifetimes.begin(slot, now);
    this.recorder.totals.opened++;
    this.recorder.connect.add(latency);
    endpoint.connectTime.add(latency);
    this.table.move(slot, this.table.checking);
    if (endpoint.isFilling && this.owner.isFilled(endpoint)) endpoint.isFilling = false;
    this.events.tell('opened', slot);
    this.offer(slot, now);
    this.owner.wakeBy(this.sweeper.lookAt);
    this.host.grown(this.table.open);
    this.owner.settle();
  }

  openFailed(slot: Slot<C>, error: unknown): void {
    this.recorder.totals.failed++;
    slot.endpoint.isDead = true;
    slot.endpoint.isFilling = slot.endpoint.isOneOfSeveral;
    this.events.tell('failed', slot, { error });
    this.vacate(slot);
    this.owner.settle();
  }

  /** A connection has closed under us, and others of its endpoint may be no better. */
  lost(slot: Slot<C>, error: unknown): void {
    slot.endpoint.suspectAt = this.clock.now();
    this.withdraw(slot);
    this.recorder.totals.lost++;
    this.events.tell('lost', slot, { error });
    this.vacate(slot);
    slot.endpoint.isLost = slot.endpoint.open === 0;
    this.owner.settle();
  }

  /** A connection that was to be closed has closed. */
  closed(slot: Slot<C>): void {
    this.recorder.totals.closed++;
    this.events.tell('closed', slot);
    this.vacate(slot);
    this.owner.settle();
  }

  /** One that may be lent now, moved to `lent`: idle, or else lent already and lent once more. */
  take(now: number, endpoint?: PooledEndpoint<C>): Slot<C> | undefined {
    return this.lender.take(now, endpoint) ?? this.sharing.take(now, endpoint);
  }

  /** Takes back what was lent, restored to what it was before the loan, or closes it. */
  giveBack(slot: Slot<C>, now: number): void {
    if (!slot.hasHooks || this.isClosing || this.lifetimes.endOf(slot, now) !== undefined) this.offer(slot, now);
    else this.check('restore', slot, now, false);
  }

  /** The late answer of a hook. One that comes too late is ignored. */
  checked(slot: Slot<C>, ticket: number, ok: boolean): void {
    const check = this.health.end(slot, ticket);
    if (check === undefined) return;
    const { connection } = slot;
    // A check takes time, and something may have arrived meanwhile.
    const isGood = ok && this.host.usable(slot);
    if (this.table.isChecking(slot, connection)) {
      if (isGood) this.offer(slot, this.clock.now(), check.wasIdle);
      else this.shut(slot, 'unhealthy');
    }
    this.owner.settle();
  }

  /** Keeps a good connection, for the next waiter or idle, if it may stay at all. */
  offer(slot: Slot<C>, now: number, wasIdle = false): void {
    let end = this.lifetimes.endOf(slot, now);
    if (end === undefined && this.isClosing) end = 'shutdown';
    else if (end === undefined && this.owner.isSurplus()) end = 'surplus';
    else if (end === undefined && this.owner.isOut(slot.endpoint)) end = 'ejected';
    if (end !== undefined) this.shut(slot, end);
    else if (!this.owner.isWanted(slot.endpoint)) this.rest(slot, now, wasIdle);
    else if (this.host.owes()) this.shut(slot, 'evicted');
    else {
      this.table.moveOpen(slot, this.table.checking);
      slot.checkedAt = now;
      this.good.push(slot);
    }
  }

  /** Closes a connection that is not lent. */
  shut(slot: Slot<C>, reason: CloseReason, force: boolean = isForced(reason)): void {
    this.withdraw(slot);
    slot.reason = reason;
    this.table.move(slot, this.table.closing);
    this.host.close(slot, force);
  }

  /** Sends a connection away: now if nobody has borrowed it, else as soon as nobody has. */
  dismiss(slot: Slot<C>, reason: CloseReason): void {
    const { connecting, lent, idle, checking } = this.table;
    if (slot.state === connecting) {
      slot.doom = reason;
      this.abort(slot);
    } else if (slot.state === idle || slot.state === checking) this.shut(slot, reason);
    else if (slot.state === lent) {
      slot.condemn(reason);
      this.sharing.stop(slot);
    }
  }

  /** Gives up an attempt. A socket that was being prepared keeps its place until it has closed. */
  abort(slot: Slot<C>): void {
    this.table.move(slot, this.table.closing);
    this.host.abort(slot);
  }

  /** Nothing is left of an attempt that was given up. */
  aborted(slot: Slot<C>): void {
    this.vacate(slot);
    this.owner.settle();
  }

  /** Ends by force a close that is under way. */
  hasten(slot: Slot<C>): void {
    if (slot.state === this.table.closing) this.host.close(slot, true);
  }

  /** Empties a slot whose connection is the pool's no longer. */
  vacate(slot: Slot<C>): void {
    this.table.move(slot, this.table.empty);
    slot.connection = undefined;
    slot.loan = undefined;
  }

  /** Puts away what was meant for waiters that have left. */
  restGood(): boolean {
    const slot = this.good.pop();
    if (slot !== undefined) this.offer(slot, this.clock.now());
    return slot !== undefined;
  }

  /** Runs a hook, and does at once what can be done at once. */
  check(hook: Hook, slot: Slot<C>, now: number, wasIdle: boolean): void {
    const { connection } = slot;
    const isGood = this.health.check(hook, slot, wasIdle);
    if (!this.table.isChecking(slot, connection)) return;
    if (isGood) this.offer(slot, now, wasIdle);
    else if (isGood === false) this.shut(slot, 'unhealthy');
  }

  private rest(slot: Slot<C>, now: number, wasIdle: boolean): void {
    slot.checkedAt = now;
    this.table.moveOpen(slot, this.table.idle);
    if (wasIdle) slot.endpoint.idle.putBack(slot);
    else {
      slot.idleSince = now;
      slot.endpoint.idle.add(slot);
    }
    if (slot.hasHooks) this.host.rest(slot);
    this.owner.wakeBy(this.sweeper.rested(slot, now));
  }

  /** Takes a connection out of wherever it waits. */
  private withdraw(slot: Slot<C>): void {
    this.sharing.clear(slot);
    if (slot.state === this.table.idle) slot.endpoint.idle.remove(slot);
    if (slot.state !== this.table.checking || this.health.forget(slot)) return;
    const at = this.good.indexOf(slot);
    if (at >= 0) this.good.splice(at, 1);
  }
}
