import { roundRobin } from '../../src/balance/round-robin.js';
import type { Hook } from '../../src/pool/pool-host.js';
import type { CoreConfig } from '../../src/pool/core-config.js';
import { EventQueue } from '../../src/pool/event-queue.js';
import { PoolCore } from '../../src/pool/pool-core.js';
import type { PoolHost } from '../../src/pool/pool-host.js';
import type { Slot } from '../../src/pool/slot.js';
import { Waiter } from '../../src/pool/waiter.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

/** What the hand-written host takes for a connection. */
export interface Thing {
  readonly name: string;
  readonly slot: ThingSlot;
}
export type ThingSlot = Slot<Thing>;

/** What a core hands out, as the slot it is in. */
export function slotOf(given: Thing | ThingSlot): ThingSlot {
  return 'slot' in given ? given.slot : given;
}

/** A waiter that counts how often it is told something. */
export class CountingWaiter extends Waiter<Thing> {
  readonly grants: ThingSlot[] = [];
  readonly errors: unknown[] = [];

  get told(): number {
    return this.grants.length + this.errors.length;
  }

  granted(given: Thing | ThingSlot): void {
    this.grants.push(slotOf(given));
  }

  failed(error: unknown): void {
    this.errors.push(error);
  }
}

/** A world without sockets, promises or Observables: it notes what the core asks for, and the test answers. */
export class HandHost implements PoolHost<Thing> {
  /** Set by whoever makes the core. */
  core!: PoolCore<Thing>;
  readonly opening: ThingSlot[] = [];
  readonly closing: ThingSlot[] = [];
  /** Those of them that were closed by force. */
  readonly forced: ThingSlot[] = [];
  readonly aborted: ThingSlot[] = [];
  readonly tickets: { readonly slot: ThingSlot; readonly ticket: number }[] = [];
  wakeAt = Infinity;
  wakes = 0;
  isKeptAlive = false;
  isDrained = 0;
  turnsLeft = Infinity;
  isGivenUp = false;
  /** The answer of `restore` and `validate`; `undefined` = later. */
  answer: boolean | undefined = true;

  failing(): boolean {
    return this.isGivenUp;
  }

  down(): boolean {
    return this.isGivenUp;
  }

  turn(): boolean {
    return !this.isGivenUp && this.turnsLeft-- > 0;
  }

  open(slot: ThingSlot): void {
    this.opening.push(slot);
  }

  abort(slot: ThingSlot): void {
    this.opening.splice(this.opening.indexOf(slot), 1);
    this.aborted.push(slot);
    this.core.stock.aborted(slot);
  }

  close(slot: ThingSlot, force: boolean): void {
    if (force) this.forced.push(slot);
    if (!this.closing.includes(slot)) this.closing.push(slot);
  }

  look(): boolean {
    return true;
  }

  validates(): boolean {
    return true;
  }

  usable(): boolean {
    return true;
  }

  rest(): void {}
  guard(): void {}
  disown(): void {}

  unavailable(): unknown {
    return 'unavailable';
  }

  hold(): void {}

  shrunk(): void {}

  insist(): void {}

  owes(): boolean {
    return false;
  }

  pending(): number {
    return 0;
  }

  grown(): void {}

  wake(at: number): void {
    this.wakeAt = at;
    this.wakes++;
  }

  keepAlive(on: boolean): void {
    this.isKeptAlive = on;
  }

  timedOut(waited: number): unknown {
    return `timed out after ${waited}`;
  }

  exhausted(): unknown {
    return this.isGivenUp ? 'given up' : undefined;
  }

  drained(): void {
    this.isDrained++;
  }

  check(_hook: Hook, slot: ThingSlot, ticket: number): boolean | undefined {
    if (this.answer === undefined) this.tickets.push({ slot, ticket });
    return this.answer;
  }
}

/** A core and its host, without RxJS. */
export class CoreLab {
  readonly clock = new VirtualClock();
  readonly host = new HandHost();
  readonly core: PoolCore<Thing>;
  private names = 0;

  constructor(config: Partial<CoreConfig> = {}) {
    this.core = new PoolCore<Thing>(
      {
        ...{ name: 'lab', random: () => 0, balance: { picker: roundRobin() }, ejection: undefined, picksShared: false },
        ...{ min: 0, max: 3, minPerEndpoint: 0, maxPerEndpoint: 100, isDiscovered: false },
        ...{ maxWaiting: 100, idleTimeout: 1_000, hookTimeout: 200, validateAfter: 40, order: 'lifo' },
        ...{ maxLifetime: Infinity, lifetimeJitter: 0, maxUses: Infinity, validateEvery: Infinity },
        ...{ failFast: false, concurrency: 1, leakAfter: Infinity },
        ...{ clock: this.clock, events: new EventQueue(this.clock) },
        ...config,
      },
      this.host,
    );
    this.host.core = this.core;
    this.core.roster.add('here');
  }

  get counts(): Record<string, number> {
    const { connecting, idle, lent, checking, closing } = this.core.stock.table;
    return {
      connecting: connecting.size,
      idle: idle.size,
      lent: lent.size,
      checking: checking.size,
      closing: closing.size,
    };
  }

  /** The same, counted anew. */
  get recount(): Record<string, number> {
    const count: Record<string, number> = { connecting: 0, idle: 0, lent: 0, checking: 0, closing: 0 };
    for (const { state } of this.core.stock.table.slots) if (state.name !== 'empty') count[state.name]!++;
    return count;
  }

  wait(timeout = 10_000): CountingWaiter {
    const waiter = new CountingWaiter();
    if (!this.core.lobby.enqueue(waiter, timeout)) waiter.failed('the queue is full');
    return waiter;
  }

  /** What is idle, if nobody waits. */
  borrow(): ThingSlot | undefined {
    const given = this.core.borrow();
    return given === undefined ? undefined : slotOf(given);
  }

  /** The attempt that has been under way for longest succeeds. */
  accept(): ThingSlot | undefined {
    const slot = this.host.opening.shift();
    if (slot === undefined) return undefined;
    this.core.stock.opened(slot, { name: `thing ${this.names++}`, slot }, 5, true, true);
    return slot;
  }

  refuse(): void {
    const slot = this.host.opening.shift();
    if (slot !== undefined) this.core.stock.openFailed(slot, 'refused');
  }

  /** The close that has been under way for longest is done. */
  finishClose(): void {
    const slot = this.host.closing.shift();
    if (slot !== undefined) this.core.gone(slot, undefined);
  }

  /** The connection closes under the core. */
  lose(slot: ThingSlot): void {
    const at = this.host.closing.indexOf(slot);
    if (at >= 0) this.host.closing.splice(at, 1);
    this.core.gone(slot, 'lost');
  }

  /** Answers the check that has been under way for longest. */
  answer(ok: boolean): void {
    const check = this.host.tickets.shift();
    if (check !== undefined) this.core.stock.checked(check.slot, check.ticket, ok);
  }

  advance(ms: number): void {
    const end = this.clock.now() + ms;
    while (this.host.wakeAt <= end) {
      const at = Math.max(this.host.wakeAt, this.clock.now());
      this.clock.advance(at - this.clock.now());
      this.host.wakeAt = Infinity;
      this.core.tick(at);
    }
    this.clock.advance(end - this.clock.now());
  }
}
