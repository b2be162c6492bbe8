import { EventQueue } from '../../../src/pool/event-queue.js';
import type { PoolEvent } from '../../../src/pool/events.js';
import { PoolCore } from '../../../src/pool/pool-core.js';
import type { Thing, ThingSlot } from '../core-lab.js';
import { compare, compareEvents, compareQueue, same } from './comparison.js';
import { ModelHost } from './model-host.js';
import type { ModelSlot } from './model-slot.js';
import { ModelledWaiter } from './modelled-waiter.js';
import type { Move, Reactions } from './move.js';
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
  private readonly events: PoolEvent[] = [];
  private names = 0;

  constructor(
    private readonly config: RunConfig,
    private readonly reacting: Reacting,
  ) {
    this.world = new World(config.endpoints, config);
    this.referee = new Referee(config, this.world);
    const clock = { now: () => this.world.now, set: unwanted, defer: unwanted };
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
    const addresses = Array.from({ length: config.endpoints }, (_, i) => `endpoint ${i}`);
    this.core = new PoolCore<Thing>({ ...config, addresses, clock, events }, this.host);
    this.core.settle();
    this.compare();
  }

  /** The core says the same as its model, and has left nothing undone. */
  compare(): void {
    const { core, referee } = this;
    referee.mustBeAtRest(this.host.wakeAt);
    compare(core, referee);
    compareQueue(this.waiters, referee);
    if (this.config.isObserved) compareEvents(this.events, referee);
  }

  real({ index }: ModelSlot): ThingSlot {
    return this.core.stock.table.slots[index]!;
  }

  granted(waiter: ModelledWaiter, { index, connection }: ThingSlot): void {
    this.referee.granted(waiter.id, index, connection?.name);
    this.latest = index;
    this.reacting.react(waiter.reactions.granted);
  }

  failed(waiter: ModelledWaiter, error: unknown): void {
    this.referee.failed(waiter.id, error);
    this.reacting.react(waiter.reactions.failed);
  }

  /** Takes an idle one, if there is any. What the search has changed is put in order by the call that follows. */
  borrow(): boolean {
    const idle = this.referee.beginBorrow();
    const slot = this.core.borrow();
    this.referee.borrowed(slot?.index, slot?.connection?.name, idle);
    if (slot === undefined) return false;
    this.latest = slot.index;
    this.core.settle();
    return true;
  }

  /** @param asks whether to ask for an idle one before the queue, as a pool's borrowers always do and as they must where `validate` runs */
  wait(timeout: number, reactions: Reactions, asks: boolean): void {
    if ((asks || this.config.hooked.includes(true)) && this.borrow()) return;
    // The pool may have been closed from within the borrow.
    if (this.referee.isClosing) return;
    const waiter = new ModelledWaiter(this.waiters.length, this, reactions);
    this.waiters.push(waiter);
    const isTaken = this.referee.enqueue(waiter.id, timeout);
    waiter.isTold ||= !isTaken;
    same(this.core.enqueue(waiter, timeout), isTaken, 'enqueue');
  }

  cancel(waiter: ModelledWaiter): void {
    const hasLeft = this.referee.cancel(waiter.id);
    waiter.hasLeft ||= hasLeft;
    same(this.core.cancel(waiter), hasLeft, 'cancel');
  }

  release(slot: ModelSlot): void {
    this.referee.release(slot);
    this.core.release(this.real(slot));
  }

  destroy(slot: ModelSlot): void {
    this.referee.destroy(slot);
    this.core.destroy(this.real(slot), 'destroyed');
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
    this.core.stock.opened(real, { name, slot: real }, 5, isHooked ? { restore: true } : {});
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
    this.core.called(this.core.stock.table.endpoints[endpoint]!);
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

  tick(): void {
    this.host.wakeAt = Infinity;
    this.referee.beginTick();
    this.core.tick(this.world.now);
    this.referee.endTick();
  }
}

function unwanted(): never {
  throw new Error('breach: the core sets a timer of its own');
}
