import type { CoreConfig } from './core-config.js';
import type { Judge } from './judge.js';
import type { Lane } from './lane.js';
import type { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { RoomMaker } from './room-maker.js';
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
  readonly judge: Judge<C>;
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
  private readonly room: RoomMaker<C>;

  constructor(
    private readonly parts: Dispatched<C>,
    private readonly config: CoreConfig,
    private readonly host: PoolHost<C>,
  ) {
    this.room = new RoomMaker(parts, host);
  }

  /** Does what there is to do, until there is nothing left. */
  settle(): void {
    this.again = true;
    if (this.isRunning) return;
    this.isRunning = true;
    const { events } = this.config;
    while (this.again) {
      this.again = false;
      while (events.flush() || this.act() || this.serve() || this.grow() || this.spill());
    }
    this.isRunning = false;
    const { stock } = this.parts;
    if (!stock.isClosing || this.isDrained || stock.table.owned > 0) return;
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

  /** Nobody waits for a connection any more, if so. */
  calm(): void {
    const { size, time } = this.parts.queue;
    if (size === 0) this.host.keepAlive(time.count > 0);
  }

  /** An idle one of an endpoint that none of those who wait wants. */
  takePassed(now: number, only?: PooledEndpoint<C>): Slot<C> | undefined {
    const { queue, stock } = this.parts;
    if (queue.lanes.length === 1) return undefined;
    const endpoints = only === undefined ? stock.table.endpoints : [only];
    const passed = endpoints.find((one) => one.idle.size > 0 && queue.firstFor(one) === undefined);
    return passed && stock.lender.take(now, passed);
  }

  /** Does what follows from how endpoints have been judged. */
  private act(): boolean {
    const { judge, queue, stock } = this.parts;
    const { balancer, table } = stock;
    if (!judge.isDue) return false;
    judge.isDue = false;
    balancer.rescope();
    for (const endpoint of [...table.endpoints]) {
      if (endpoint.waiting > 0 && !endpoint.isEligible) queue.relocate(endpoint, (key) => balancer.locate(key));
      if (!judge.isOut(endpoint)) continue;
      for (const slot of endpoint.idle.snapshot()) if (slot.state === table.idle) stock.shut(slot, 'ejected');
    }
    return true;
  }

  /** Grants one connection to whoever is next in line for it. */
  private serve(): boolean {
    const { queue, stock } = this.parts;
    if (queue.size === 0) return stock.restGood();
    const known = stock.good.at(-1);
    return known === undefined ? this.serveLanes() : this.serveGood(known);
  }

  /** One that has been checked, and is not lent yet. */
  private serveGood(slot: Slot<C>): boolean {
    const { queue, stock } = this.parts;
    const waiter = queue.firstFor(slot.endpoint);
    if (waiter === undefined) return stock.restGood();
    if (this.room.isOwed(slot, waiter)) this.room.surrender(slot);
    else {
      stock.good.pop();
      stock.sharing.begin(slot);
      this.grant(slot, waiter);
    }
    return true;
  }

  private serveLanes(): boolean {
    const { queue, stock } = this.parts;
    const { validating } = stock.health;
    for (const lane of queue.lanes) {
      const slot = lane.first === undefined ? undefined : this.take(lane);
      if (slot !== undefined) {
        const waiter = queue.firstFor(slot.endpoint);
        if (waiter === undefined) this.putBack(slot);
        else if (this.room.isOwed(slot, waiter)) this.room.surrender(slot);
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
      const slot = validating < waiting ? stock.lender.take(now, endpoint) : stock.lender.takeFresh(now, endpoint);
      if (slot !== undefined) return slot;
    }
    return stock.sharing.take(now, endpoint);
  }

  private grant(slot: Slot<C>, waiter: Waiter<C>): void {
    const { parts } = this;
    const now = this.config.clock.now();
    parts.queue.remove(waiter, now);
    this.calm();
    parts.loans.begin(slot, now - waiter.queuedAt, now, waiter.origin, waiter.pass);
    // It has not been idle, and the last look may have found nothing that needs another one.
    parts.wakeBy(parts.stock.sweeper.lookAt);
    waiter.granted(slot);
  }

  /** Whoever it was for has left while it was looked at. */
  private putBack(slot: Slot<C>): void {
    if (!this.parts.stock.sharing.end(slot)) this.parts.stock.giveBack(slot, this.config.clock.now());
  }

  /** Opens one connection, if one is wanted and there is room for it; or fails those for whom there is no hope. */
  private grow(): boolean {
    const { queue, stock, sizing } = this.parts;
    if (stock.isClosing) return false;
    const endpoint = sizing.hasRoom
      ? sizing.pick(queue.size, this.room.firstLacking(queue.lanes)?.endpoint)
      : undefined;
    if (endpoint !== undefined) {
      stock.openOn(endpoint);
      return true;
    }
    if (queue.size === 0) return false;
    this.host.insist();
    return this.giveUp() || this.room.make();
  }

  /** Lends what is out of scope, when nothing in scope serves those who wait, and nothing is on its way. */
  private spill(): boolean {
    const { queue, stock } = this.parts;
    const { connecting, checking, closing } = stock.table;
    if (queue.size === 0 || connecting.size + checking.size + closing.size > 0) return false;
    const spare = stock.balancer.spare();
    const waiter = spare && queue.firstFor(spare);
    if (spare === undefined || waiter === undefined) return false;
    const slot = stock.lender.take(this.config.clock.now(), spare);
    if (slot !== undefined) this.grant(slot, waiter);
    return true;
  }

  /** Fails those whom nobody will serve: every endpoint that could has given up, or is down and they do not want to wait for that. */
  private giveUp(): boolean {
    const { queue, stock } = this.parts;
    for (const lane of queue.lanes) {
      if (lane.first === undefined) continue;
      const { endpoint } = lane;
      const candidates = endpoint === undefined ? stock.table.endpoints : [endpoint];
      // Those who know no endpoint yet wait until they do.
      if (candidates.length === 0) continue;
      const exhausted = candidates.every(isGone) ? this.host.exhausted(endpoint) : undefined;
      const isHopeless = this.config.failFast && !candidates.some((one) => this.canServe(one));
      if (exhausted === undefined && !isHopeless) continue;
      if (endpoint !== undefined && this.rehome(endpoint)) return true;
      this.fail((label) => exhausted ?? this.host.unavailable(endpoint, label), [lane]);
      return true;
    }
    return false;
  }

  /** Gives keys that have an endpoint without hope another one, if there is any. Its status may be good: others use it, too. */
  private rehome(endpoint: PooledEndpoint<C>): boolean {
    const { queue, stock } = this.parts;
    const { waiting } = endpoint;
    const canServe = (one: PooledEndpoint<C>): boolean => this.canServe(one);
    queue.relocate(endpoint, (key) => stock.balancer.locate(key, canServe) ?? endpoint);
    return endpoint.waiting < waiting;
  }

  private canServe(endpoint: PooledEndpoint<C>): boolean {
    return endpoint.open > 0 || !this.host.down(endpoint);
  }
}

/** Nothing is open or being opened there. */
function isGone({ connecting, open }: PooledEndpoint<unknown>): boolean {
  return connecting + open === 0;
}
