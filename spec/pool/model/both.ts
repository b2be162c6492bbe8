import { roundRobin } from '../../../src/balance/round-robin.js';
import { EventQueue } from '../../../src/pool/event-queue.js';
import type { PoolEvent } from '../../../src/pool/events.js';
import type { Origin } from '../../../src/pool/loan.js';
import { PoolCore } from '../../../src/pool/pool-core.js';
import type { Thing, ThingSlot } from '../core-lab.js';
import { compare, compareEvents, compareQueue, same } from './comparison.js';
import { ModelHost } from './model-host.js';
import type { PooledEndpoint } from '../../../src/pool/pooled-endpoint.js';
import type { ModelLoan, ModelSlot } from './model-slot.js';
import { ModelledWaiter } from './modelled-waiter.js';
import type { Move, Wait } from './move.js';
import type { ModelConfig } from './pool-model.js';
import { Referee } from './referee.js';
import { World } from './world.js';

export interface RunConfig extends ModelConfig {
  /** For each endpoint, whether its transport wants to be asked before, and told after, each loan. */
  readonly hooked: readonly boolean[];
  readonly isObserved: boolean;
  /** How the world answers at first. */
  readonly answer: boolean | undefined;
  readonly opens: 'later' | 'accepted';
}

/** Who makes moves from within a call of the core. */
export interface Reacting {
  /** A move is to be made from within the next question of the core. */
  readonly isPending: boolean;
  interrupt(): void;
  react(moves: readonly Move[]): void;
}

/** More ticks than any honest core needs at one instant. */
const MOST_TICKS = 20;

/** A core and its model: all that happens is told to the model, then done to the core. */
export class Both {
  readonly world: World;
  readonly referee: Referee;
  readonly host: ModelHost;
  readonly core: PoolCore<Thing>;
  readonly waiters: ModelledWaiter[] = [];
  /** The slot that was lent last. */
  latest: number | undefined;
  isTrimming = false;
  private readonly origin: Origin | undefined;
  private readonly events: PoolEvent[] = [];
  private names = 0;

  constructor(
    private readonly config: RunConfig,
    private readonly reacting: Reacting,
  ) {
    this.world = new World(config.endpoints, config);
    this.referee = new Referee(config, this.world);
    const now = (): number => {
      this.world.spend();
      return this.world.now;
    };
    const clock = { now, set: unwanted, defer: unwanted };
    const events = new EventQueue(clock);
    if (config.isObserved) events.listen((event) => this.events.push(event));
    this.host = new ModelHost(this.world, this.referee, {
      isPending: () => reacting.isPending,
      asked: () => {
        reacting.interrupt();
      },
      opening: (slot) => {
        if (this.world.opens === 'accepted') this.accept(slot);
        if (this.world.opens === 'refused') this.refuse(slot, false);
      },
      closing: (slot) => {
        this.gone(slot);
      },
    });
    this.origin = config.leakAfter === Infinity ? undefined : { label: 'somebody' };
    this.core = new PoolCore<Thing>(
      {
        ...config,
        clock,
        events,
        isDiscovered: false,
        picksShared: false,
        ejection: undefined,
        balance: { picker: roundRobin() },
      },
      this.host,
    );
    for (let i = 0; i < config.endpoints; i++) this.core.roster.add(`endpoint ${i}`);
    this.core.settle();
    this.compare();
  }

  /** The core says the same as its model, and has left nothing undone. */
  compare(): void {
    const { core, referee, world } = this;
    world.refresh();
    for (const slot of referee.in('lent')) this.hearOfSurrender(slot);
    referee.mustBeAtRest(this.host.wakeAt);
    compare(core, referee);
    compareQueue(this.waiters, referee);
    if (this.config.isObserved) compareEvents(this.events, referee);
  }

  real({ index }: ModelSlot): ThingSlot {
    return this.core.stock.table.slots[index]!;
  }

  granted(waiter: ModelledWaiter, { index, connection, loan }: ThingSlot): void {
    this.referee.granted(waiter.id, index, connection?.name);
    this.referee.noted(index, loan);
    this.latest = index;
    this.reacting.react(waiter.reactions.granted);
  }

  failed(waiter: ModelledWaiter, error: unknown): void {
    this.referee.failed(waiter.id, error);
    this.reacting.react(waiter.reactions.failed);
  }

  /** Takes a free one, if there is any. What the search has changed is put in order by the call that follows. */
  borrow(endpoint?: number): boolean {
    const free = this.referee.beginBorrow(endpoint);
    const slot = this.core.borrow(this.origin, this.endpoint(endpoint));
    this.referee.borrowed(slot?.index, slot?.connection?.name, free);
    if (slot === undefined) return false;
    this.referee.noted(slot.index, slot.loan);
    this.latest = slot.index;
    this.core.settle();
    return true;
  }

  /** @param asks whether to ask for an idle one before the queue, as a pool's borrowers always do and as they must where `validate` runs */
  wait({ timeout, reactions, asks, priority, endpoint: wanted }: Wait): void {
    const endpoint = wanted === undefined ? undefined : wanted % this.config.endpoints;
    if ((asks || this.config.hooked.includes(true)) && this.borrow(endpoint)) return;
    // The pool may have been closed from within the borrow.
    if (this.referee.isClosing) return;
    const waiter = new ModelledWaiter(this.waiters.length, this, reactions, {
      ...{ priority, endpoint: this.endpoint(endpoint), origin: this.origin },
    });
    this.waiters.push(waiter);
    const isTaken = this.referee.enqueue({ id: waiter.id, priority, endpoint }, timeout);
    waiter.isTold ||= !isTaken;
    same(this.core.lobby.enqueue(waiter, timeout), isTaken, 'enqueue');
  }

  cancel(waiter: ModelledWaiter): void {
    const hasLeft = this.referee.cancel(waiter.id);
    waiter.hasLeft ||= hasLeft;
    same(this.core.lobby.cancel(waiter), hasLeft, 'cancel');
  }

  release(slot: ModelSlot, at = 0): void {
    const ended = this.ending(slot, at);
    this.referee.release(slot, ended);
    this.core.release(this.real(slot), ended.loan);
  }

  destroy(slot: ModelSlot, at: number): void {
    const ended = this.ending(slot, at);
    this.referee.destroy(slot, ended);
    this.core.destroy(this.real(slot), ended.loan, 'destroyed');
  }

  leak(slot: ModelSlot, at: number): void {
    const ended = this.ending(slot, at);
    this.referee.leak(slot, ended);
    this.core.leaked(this.real(slot), ended.loan);
  }

  revoke(slot: ModelSlot): void {
    this.referee.revoke(slot, 'destroyed');
    this.core.revoke(this.real(slot), 'destroyed', 'revoked');
  }

  allocate(): void {
    this.referee.beginAllocate();
    const slot = this.core.allocator.allocate(this.world.now);
    this.referee.allocated(slot?.index);
    // Whoever gets nothing stands in the queue, which puts in order what the search has changed.
    if (slot === undefined) this.core.settle();
  }

  retire(): void {
    const { referee, core } = this;
    this.trim(() => {
      referee.dismiss(referee.slots, 'retired');
      core.trimmer.retire();
      referee.dismissedAll();
    });
  }

  free(keep: number): void {
    this.trim(() => {
      this.referee.beginFree(keep);
      const before = this.referee.in('closing').length;
      const count = this.core.trimmer.free(keep);
      if (!this.world.closesAtOnce) same(this.referee.in('closing').length - before, count, 'freed');
      this.referee.endFree();
    });
  }

  resize(min: number, max: number): void {
    this.trim(() => {
      this.referee.beginResize(min, max);
      this.core.trimmer.resize({ min, max, reason: undefined });
      this.referee.endResize();
    });
  }

  reset(slot: ModelSlot, force: boolean, isOut: boolean): void {
    const { referee } = this;
    if (isOut) referee.outs.add(slot.index);
    if (force && slot.state === 'lent') referee.revoke(slot, 'reset');
    else referee.dismiss([slot], 'reset');
    this.core.reset(this.real(slot), force, isOut);
    referee.dismissedAll();
  }

  detach(slot: ModelSlot): void {
    this.referee.detach(slot);
    this.core.detach(this.real(slot));
  }

  gone(real: ThingSlot): void {
    const slot = this.referee.slot(real.index);
    this.referee.gone(slot);
    if (slot.isAttempt) this.core.stock.aborted(real);
    else this.core.gone(real, 'gone');
  }

  hasten(slot: ModelSlot): void {
    this.referee.hasten(slot);
    this.core.stock.hasten(this.real(slot));
  }

  accept(real: ThingSlot): void {
    const name = `connection ${this.names++}`;
    const slot = this.referee.slot(real.index);
    const isHooked = this.config.hooked[slot.endpoint] ?? false;
    this.referee.opened(slot, name, isHooked);
    this.core.stock.opened(real, { name, slot: real }, 5, isHooked, isHooked);
  }

  refuse(real: ThingSlot, givesUp: boolean): void {
    const slot = this.referee.slot(real.index);
    this.world.refuse(slot.endpoint, givesUp);
    this.referee.openFailed(slot);
    this.core.stock.openFailed(real, 'refused');
  }

  answer(index: number, ticket: number, ok: boolean): void {
    this.referee.answered(index, ticket, ok, false);
    this.core.stock.checked(this.core.stock.table.slots[index]!, ticket, ok);
  }

  called(endpoint: number): void {
    this.referee.called(endpoint);
    this.core.called(this.core.stock.table.endpoints[endpoint]);
  }

  warm(n: number): void {
    this.referee.warmth = n;
    this.core.warm(n);
  }

  close(): void {
    this.referee.close('closed');
    this.core.close('closed');
  }

  /** Lets time pass, with a tick at each wake-up. */
  passTo(end: number): void {
    let ticks = 0;
    while (this.host.wakeAt <= end) {
      const at = Math.max(this.host.wakeAt, this.world.now);
      ticks = at > this.world.now ? 1 : ticks + 1;
      if (ticks > MOST_TICKS) throw new Error('breach: it ticks and lets no time pass');
      this.world.now = at;
      this.tick();
      this.compare();
    }
    this.world.now = end;
  }

  /** Idle ones are about to be sent away, and nobody borrows or gives back meanwhile. */
  private trim(work: () => void): void {
    this.isTrimming = true;
    work();
    this.isTrimming = false;
    this.core.settle();
  }

  private ending(slot: ModelSlot, at: number): ModelLoan {
    this.hearOfSurrender(slot);
    return slot.loans.at(at % slot.loans.length)!;
  }

  /** The host is not told when a connection that is lent is given up for somebody else. */
  private hearOfSurrender(slot: ModelSlot): void {
    if (this.real(slot).doom === 'surplus') this.referee.surrendered(slot.index);
  }

  private endpoint(index: number | undefined): PooledEndpoint<Thing> | undefined {
    return index === undefined ? undefined : this.core.stock.table.endpoints[index];
  }

  tick(): void {
    this.referee.beginTick(this.host.wakeAt);
    this.host.wakeAt = Infinity;
    this.core.tick(this.world.now);
    this.referee.endTick();
  }
}

function unwanted(): never {
  throw new Error('breach: the core sets a timer of its own');
}
