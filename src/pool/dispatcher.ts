import type { CoreConfig } from './core-config.js';
import type { Lane } from './lane.js';
import type { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Sizing } from './sizing.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';
import type { WaitQueue } from './wait-queue.js';
import type { Waiter } from './waiter.js';

/** What the dispatcher works with. */
export interface Dispatched<C> {
  readonly queue: WaitQueue<C>;
  readonly stock: Stock<C>;
  readonly sizing: Sizing<C>;
  readonly loans: Loans;
  /** Something is due at `at`. */
  wakeBy(at: number): void;
}

/**
 * Brings waiters and connections together, in one loop: a call from inside it changes the state and returns, and the loop goes on with what
 * it finds.
 */
export class Dispatcher<C> {
  private isRunning = false;
  /** Something has changed since the loop last began. */
  private again = false;
  private isDrained = false;

  constructor(
    private readonly parts: Dispatched<C>,
    private readonly config: CoreConfig,
    private readonly host: PoolHost<C>,
  ) {}

  /** Does what there is to do, until there is nothing left. */
  settle(): void {
    this.again = true;
    if (this.isRunning) return;
    this.isRunning = true;
    const { events } = this.config;
    while (this.again) {
      this.again = false;
      while (events.flush() || this.serve() || this.grow());
    }
    this.isRunning = false;
    const { stock } = this.parts;
    if (!stock.closing || this.isDrained || stock.table.owned > 0) return;
    this.isDrained = true;
    events.announce('drained', 0);
    events.flush();
    this.host.drained();
  }

  /** Fails those who wait now, of some lanes or all, not whoever comes meanwhile. An error for each label is made when they no longer wait. */
  fail(makeError: (label?: string) => unknown, lanes: readonly Lane<C>[] = this.parts.queue.lanes): void {
    const waiters: Waiter<C>[] = [];
    const now = this.config.clock.now();
    for (const lane of [...lanes]) {
      for (let waiter = lane.first; waiter !== undefined; waiter = lane.first) {
        this.parts.queue.remove(waiter, now);
        waiters.push(waiter);
      }
    }
    this.calm();
    const labels = new Set(waiters.map(({ origin }) => origin?.label));
    const errors = new Map(Array.from(labels, (label) => [label, makeError(label)] as const));
    for (const waiter of waiters) waiter.failed(errors.get(waiter.origin?.label));
  }

  /** Nobody waits any more, if so. */
  calm(): void {
    if (this.parts.queue.size === 0) this.host.keepAlive(false);
  }

  /** An idle one of an endpoint that none of those who wait wants. */
  takePassed(now: number, only?: PooledEndpoint<C>): Slot<C> | undefined {
    const { queue, stock } = this.parts;
    if (queue.lanes.length === 1) return undefined;
    const endpoints = only === undefined ? stock.table.endpoints : [only];
    const passed = endpoints.find((one) => one.idle.size > 0 && queue.firstFor(one) === undefined);
    return passed && stock.picker.take(now, passed);
  }

  /** Grants one connection to whoever is next in line for it. */
  private serve(): boolean {
    const { queue, stock } = this.parts;
    if (queue.size === 0) return stock.restGood();
    const known = stock.good.at(-1);
    if (known !== undefined) {
      const waiter = queue.firstFor(known.endpoint);
      if (waiter === undefined) return stock.restGood();
      if (this.isOwed(known, waiter)) this.surrender(known);
      else {
        stock.good.pop();
        stock.sharing.begin(known);
        this.grant(known, waiter);
      }
      return true;
    }
    const { validating } = stock.health;
    for (const lane of queue.lanes) {
      const slot = lane.first === undefined ? undefined : this.take(lane);
      if (slot !== undefined) {
        const waiter = queue.firstFor(slot.endpoint);
        if (waiter === undefined) this.putBack(slot);
        else if (this.isOwed(slot, waiter)) this.surrender(slot);
        else this.grant(slot, waiter);
        return true;
      }
      if (stock.health.validating > validating) return true;
    }
    return false;
  }

  /** A connection for whoever stands in the lane. No more are validated at a time than are waited for. */
  private take({ endpoint }: Lane<C>): Slot<C> | undefined {
    const { queue, stock } = this.parts;
    const now = this.config.clock.now();
    if (stock.table.idle.size > 0) {
      const validating = endpoint?.validating ?? stock.health.validating;
      const waiting = endpoint?.waiting ?? queue.size;
      const slot = validating < waiting ? stock.picker.take(now, endpoint) : stock.picker.takeFresh(now, endpoint);
      if (slot !== undefined) return slot;
    }
    return stock.sharing.take(now, endpoint);
  }

  private grant(slot: Slot<C>, waiter: Waiter<C>): void {
    const { parts } = this;
    const now = this.config.clock.now();
    parts.queue.remove(waiter, now);
    this.calm();
    parts.loans.begin(slot, now - waiter.queuedAt, now, waiter.origin);
    // It has not been idle, and the last look may have found nothing that needs another one.
    parts.wakeBy(parts.stock.sweeper.lookAt);
    waiter.granted(slot);
  }

  /**
   * Whether the place of the connection is due to somebody else: who comes first, wants another endpoint, and without it would wait for as
   * long as the pool is full of connections that others want.
   */
  private isOwed({ endpoint }: Slot<C>, waiter: Waiter<C>): boolean {
    const { queue, sizing, stock } = this.parts;
    const { closing, slots } = stock.table;
    if (queue.lanes.length === 1 || closing.size > 0 || !sizing.isAboveMin(endpoint)) return false;
    // One that others still have is on its way out already.
    if (slots.some(({ doom, connection }) => doom === 'surplus' && connection !== undefined)) return false;
    return queue.lanes.some(
      (lane) => !lane.takes(endpoint) && lane.first?.comesBefore(waiter) === true && sizing.needsRoom(lane.endpoint),
    );
  }

  /** Gives up a connection that was about to be lent: at once, or when those who have it already are done. */
  private surrender(slot: Slot<C>): void {
    const { stock } = this.parts;
    if (slot.leases > 1) {
      stock.sharing.end(slot);
      stock.dismiss(slot, 'surplus');
    } else stock.shut(slot, 'surplus', false);
  }

  /** Whoever it was for has left while it was looked at. */
  private putBack(slot: Slot<C>): void {
    if (!this.parts.stock.sharing.end(slot)) this.parts.stock.giveBack(slot, this.config.clock.now());
  }

  /** Opens one connection, if one is wanted and there is room for it; or fails those for whom there is no hope. */
  private grow(): boolean {
    const { queue, stock, sizing } = this.parts;
    if (stock.closing) return false;
    const endpoint = sizing.hasRoom ? sizing.pick(queue.size, this.firstLacking()) : undefined;
    if (endpoint !== undefined) {
      stock.openOn(endpoint);
      return true;
    }
    return queue.size > 0 && (this.giveUp() || this.makeRoom());
  }

  /** The endpoint that whoever comes first insists on, if no connection of it is on its way. */
  private firstLacking(): PooledEndpoint<C> | undefined {
    const { queue, sizing } = this.parts;
    if (queue.lanes.length === 1) return undefined;
    let senior: Waiter<C> | undefined;
    for (const { first, endpoint } of queue.lanes) {
      if (first === undefined || (endpoint !== undefined && sizing.lacks(endpoint) <= 0)) continue;
      if (senior === undefined || first.comesBefore(senior)) senior = first;
    }
    return senior?.endpoint;
  }

  /** Gives up one connection for somebody who could be served elsewhere: an attempt at an endpoint that is down, or an idle one. */
  private makeRoom(): boolean {
    const { queue, stock, sizing } = this.parts;
    const { table } = stock;
    const hasNothing = table.connecting.size === 0 && table.idle.size === 0;
    if (queue.size === 0 || table.closing.size > 0 || hasNothing) return false;
    const wanted = sizing.wantsRoom(queue.size);
    if (wanted === undefined) return false;
    const probe = this.host.failing(wanted) ? undefined : this.probeFor(wanted);
    if (probe !== undefined) {
      stock.abort(probe);
      return true;
    }
    const idle = table.longestIdle((endpoint) => endpoint !== wanted && sizing.isAboveMin(endpoint));
    if (idle === undefined) return false;
    stock.shut(idle, 'surplus', false);
    return true;
  }

  /** An attempt at an endpoint that is down, for which nobody waits who comes before those that would be served without it. */
  private probeFor(wanted: PooledEndpoint<C>): Slot<C> | undefined {
    const { queue, stock, sizing } = this.parts;
    const { slots, connecting } = stock.table;
    const served = queue.firstFor(wanted);
    return slots.find(({ state, endpoint }) => {
      if (state !== connecting || !this.host.failing(endpoint) || !sizing.isAboveMin(endpoint)) return false;
      if (served === undefined) return true;
      return !queue.lanes.some((lane) => lane.endpoint === endpoint && lane.first?.comesBefore(served) === true);
    });
  }

  /** Fails those whom nobody will serve: every endpoint that could has given up, or is down and they do not want to wait for that. */
  private giveUp(): boolean {
    const { queue, stock } = this.parts;
    for (const lane of queue.lanes) {
      if (lane.first === undefined) continue;
      const { endpoint } = lane;
      const candidates = endpoint === undefined ? stock.table.endpoints : [endpoint];
      const exhausted = candidates.every(isGone) ? this.host.exhausted(endpoint) : undefined;
      const isHopeless = this.config.failFast && candidates.every((one) => this.isDown(one));
      if (exhausted === undefined && !isHopeless) continue;
      this.fail((label) => exhausted ?? this.host.unavailable(endpoint, label), [lane]);
      return true;
    }
    return false;
  }

  private isDown(endpoint: PooledEndpoint<C>): boolean {
    return endpoint.open === 0 && this.host.down(endpoint);
  }
}

/** Nothing is open or being opened there. */
function isGone({ connecting, open }: PooledEndpoint<unknown>): boolean {
  return connecting + open === 0;
}
