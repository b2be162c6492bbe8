import type { Clock } from '../endpoint/clock.js';
import type { CoreConfig } from './core-config.js';
import type { EventQueue } from './event-queue.js';
import { Health } from './health.js';
import { IdlePicker } from './idle-picker.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Recorder } from './recorder.js';
import { SlotTable } from './slot-table.js';
import type { CloseReason, Slot } from './slot.js';
import { Sweeper } from './sweeper.js';

const LOAN_HOOKS = ['ref', 'unref', 'usable', 'validate', 'restore'] as const;

/** What a transport wants to be asked and told at a loan. */
type LoanHooks = { readonly [hook in (typeof LOAN_HOOKS)[number]]?: unknown };

/** What the stock asks of the pool it belongs to. */
export interface StockOwner<C> {
  /** Borrowers in the queue. */
  readonly waiting: number;
  /** There may be something to do. */
  settle(): void;
  /** Something is due at `at`. */
  wakeBy(at: number): void;
  /** Whether an idle connection of the endpoint may go without being replaced. */
  isSpare(endpoint: PooledEndpoint<C>): boolean;
}

/**
 * The connections that a pool owns, from the start of dialling until they have closed: which may be lent, which are being checked, which
 * are on their way out.
 */
export class Stock<C> {
  readonly table: SlotTable<C>;
  /** Whether whatever comes free is closed instead of kept. */
  closing = false;
  private readonly clock: Clock;
  /** What is kept free for each endpoint, for a probe too. */
  private readonly minPerEndpoint: number;
  private readonly events: EventQueue;
  readonly health: Health<C>;
  private readonly sweeper: Sweeper<C>;
  /** Checked and on the way to a waiter. They count as checking. */
  readonly good: Slot<C>[] = [];
  readonly picker: IdlePicker<C>;
  /** Whether the owner will tick when the next idle connection is due. */
  private isAlarmSet = false;

  constructor(
    config: CoreConfig,
    private readonly host: PoolHost<C>,
    private readonly recorder: Recorder,
    private readonly owner: StockOwner<C>,
  ) {
    this.clock = config.clock;
    this.minPerEndpoint = config.minPerEndpoint;
    this.events = config.events;
    this.table = new SlotTable<C>(config.addresses, config.order);
    this.health = new Health(host, this.table, this.clock, config.hookTimeout, owner);
    this.sweeper = new Sweeper(config.idleTimeout, this.table.endpoints, host, owner, this.clock.now());
    this.picker = new IdlePicker(this, host, this.clock, config.validateAfter);
  }

  /** Opens a connection, on a turn that has been taken. */
  openOn(endpoint: PooledEndpoint<C>): void {
    const slot = this.table.vacant(endpoint);
    this.table.move(slot, this.table.connecting);
    this.events.tell('connecting', slot);
    this.host.open(slot);
  }

  opened(slot: Slot<C>, connection: C, latency: number, hooks: LoanHooks): void {
    slot.connection = connection;
    slot.endpoint.isDead = false;
    slot.hasHooks = LOAN_HOOKS.some((hook) => hooks[hook] !== undefined);
    slot.latency = latency;
    slot.openedAt = this.clock.now();
    slot.uses = 0;
    this.recorder.totals.opened++;
    this.recorder.connect.add(latency);
    this.table.move(slot, this.table.checking);
    this.events.tell('opened', slot);
    this.offer(slot, this.clock.now());
    this.host.grown(this.table.open);
    this.owner.settle();
  }

  openFailed(slot: Slot<C>, error: unknown): void {
    this.recorder.totals.failed++;
    slot.endpoint.isDead = true;
    this.events.tell('failed', slot, error);
    this.vacate(slot);
    this.owner.settle();
  }

  /** A connection has closed under us. */
  lost(slot: Slot<C>, error: unknown): void {
    this.withdraw(slot);
    this.recorder.totals.lost++;
    this.events.tell('lost', slot, error);
    this.vacate(slot);
    this.owner.settle();
  }

  /** A connection that was to be closed has closed. */
  closed(slot: Slot<C>): void {
    this.recorder.totals.closed++;
    this.events.tell('closed', slot);
    this.vacate(slot);
    this.owner.settle();
  }

  /** One for the first waiter: known to be good, or else idle. */
  take(): Slot<C> | undefined {
    const known = this.good.pop();
    if (known === undefined) return this.picker.take();
    this.table.turn(known, this.table.lent);
    return known;
  }

  /** Takes back what was lent, restored to what it was before the loan, or closes it. */
  giveBack(slot: Slot<C>, now: number): void {
    if (!slot.hasHooks || this.closing) {
      this.offer(slot, now);
      return;
    }
    const { connection } = slot;
    const isGood = this.health.check('restore', slot);
    // The hook may have closed or lost the connection, and another may be in its slot.
    if (slot.connection !== connection || slot.state !== this.table.checking) return;
    if (isGood) this.offer(slot, now);
    else if (isGood === false) this.shut(slot, 'unhealthy', true);
  }

  /** The late answer of a hook. One that comes too late is ignored. */
  checked(slot: Slot<C>, ticket: number, ok: boolean): void {
    if (!this.health.end(slot, ticket)) return;
    // A check takes time, and something may have arrived meanwhile.
    if (ok && this.host.usable(slot)) this.offer(slot, this.clock.now());
    else this.shut(slot, 'unhealthy', true);
    this.owner.settle();
  }

  /** Keeps a good connection: for the next waiter, or idle. */
  offer(slot: Slot<C>, now: number): void {
    if (this.closing) this.shut(slot, 'shutdown', false);
    else if (this.owner.waiting > 0) {
      this.table.turn(slot, this.table.checking);
      this.good.push(slot);
    } else this.rest(slot, now);
  }

  private rest(slot: Slot<C>, now: number): void {
    slot.idleSince = now;
    this.table.turn(slot, this.table.idle);
    slot.endpoint.idle.add(slot);
    if (slot.hasHooks) this.host.rest(slot);
    // Whatever was idle before is due earlier: only the first one sets the alarm.
    if (this.isAlarmSet) return;
    this.isAlarmSet = true;
    this.owner.wakeBy(now + this.sweeper.patience);
  }

  /** Closes a connection that is not lent. */
  shut(slot: Slot<C>, reason: CloseReason, force: boolean): void {
    this.withdraw(slot);
    slot.reason = reason;
    this.table.move(slot, this.table.closing);
    this.host.close(slot, force);
  }

  /** Gives up the attempt at an endpoint that is down, for somebody who could be served elsewhere. False when there is none. */
  dropProbe(): boolean {
    const probe = this.table.slots.find(
      ({ state, endpoint }) =>
        state.name === 'connecting' && this.host.failing(endpoint) && endpoint.owned > this.minPerEndpoint,
    );
    if (probe !== undefined) this.abort(probe);
    return probe !== undefined;
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
  }

  /** Puts away what was meant for a waiter that has left. */
  restGood(): boolean {
    const slot = this.good.pop();
    if (slot !== undefined) this.offer(slot, this.clock.now());
    return slot !== undefined;
  }

  /** Does what is due: ends checks that take too long, closes idle connections that are no longer usable or idle for too long. */
  tick(now: number): void {
    for (let slot = this.health.takeExpired(now); slot !== undefined; slot = this.health.takeExpired(now)) {
      this.shut(slot, 'unhealthy', true);
    }
    for (const [slot, reason] of this.sweeper.due(now)) this.shut(slot, reason, reason === 'unhealthy');
  }

  nextDeadline(now: number): number {
    const idleDeadline = this.sweeper.nextDeadline(now);
    this.isAlarmSet = idleDeadline <= now + this.sweeper.patience;
    return Math.min(this.health.nextDeadline(), idleDeadline);
  }

  /** Takes a connection out of wherever it waits. */
  private withdraw(slot: Slot<C>): void {
    if (slot.state === this.table.idle) slot.endpoint.idle.remove(slot);
    if (slot.state !== this.table.checking || this.health.forget(slot)) return;
    const at = this.good.indexOf(slot);
    if (at >= 0) this.good.splice(at, 1);
  }
}
