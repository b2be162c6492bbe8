import type { Hook } from '../../../src/pool/pool-host.js';
import type { PoolHost } from '../../../src/pool/pool-host.js';
import type { PooledEndpoint } from '../../../src/pool/pooled-endpoint.js';
import type { Thing, ThingSlot } from '../core-lab.js';
import type { Referee } from './referee.js';
import type { World } from './world.js';

/** What may happen from within a question of the core. */
export interface Interruptions {
  /** Something is to happen from within the next question for a turn, a look or a hook. */
  isPending(): boolean;
  asked(): void;
  opening(slot: ThingSlot): void;
  closing(slot: ThingSlot): void;
}

/** The host of a core under the model's eyes: has each of its acts judged, then answers as the world is. */
export class ModelHost implements PoolHost<Thing> {
  wakeAt = Infinity;
  /** All that have ever been given out, with the slot. */
  readonly tickets: { readonly index: number; readonly ticket: number }[] = [];

  constructor(
    private readonly world: World,
    private readonly referee: Referee,
    private readonly interruptions: Interruptions,
  ) {}

  failing({ order }: PooledEndpoint<Thing>): boolean {
    this.world.spend();
    return this.world.isFailing(order);
  }

  down({ order }: PooledEndpoint<Thing>): boolean {
    this.world.spend();
    return this.world.isDown(order);
  }

  turn({ order }: PooledEndpoint<Thing>): boolean {
    const { world, referee } = this;
    referee.ask(order);
    const isPending = this.interruptions.isPending();
    this.interruptions.asked();
    const isTaken = !referee.isClosing && world.turn(order, referee.at(order, 'connecting').length);
    referee.turned(order, isTaken, isPending);
    return isTaken;
  }

  open(slot: ThingSlot): void {
    this.referee.openAsked(slot.index, slot.endpoint.order);
    this.interruptions.opening(slot);
  }

  abort(slot: ThingSlot): void {
    this.referee.abortAsked(slot.index);
    if (this.world.closesAtOnce) this.interruptions.closing(slot);
  }

  close(slot: ThingSlot, force: boolean): void {
    this.referee.closeAsked(slot.index, force, slot.reason);
    if (this.world.closesAtOnce) this.interruptions.closing(slot);
  }

  look({ index, connection }: ThingSlot): boolean {
    const { referee } = this;
    referee.look(index);
    const slot = referee.slot(index);
    const isGood = !this.isSpoilt(connection);
    if (!referee.isAllocating) this.interrupt();
    referee.looked(slot, isGood);
    return isGood;
  }

  validates({ hasHooks, connection }: ThingSlot): boolean {
    return hasHooks && connection !== undefined;
  }

  usable({ index, connection }: ThingSlot): boolean {
    const isGood = !this.isSpoilt(connection);
    this.referee.usableAsked(index, isGood);
    return isGood;
  }

  check(hook: Hook, { index }: ThingSlot, ticket: number): boolean | undefined {
    const { referee, world } = this;
    const used = this.tickets.map((one) => one.ticket);
    referee.check(hook, index, ticket, used);
    this.tickets.push({ index, ticket });
    const { answer } = world;
    this.interrupt();
    if (answer === undefined) referee.unanswered(index, ticket);
    else referee.answered(index, ticket, answer, true);
    return answer;
  }

  rest({ index }: ThingSlot): void {
    this.referee.rested(index);
  }

  guard({ index }: ThingSlot): void {
    this.referee.guarded(index);
  }

  pending({ connection }: ThingSlot): number {
    return this.world.pending(connection?.name);
  }

  disown({ index }: ThingSlot): void {
    this.referee.disownAsked(index);
  }

  wake(at: number): void {
    this.referee.wake(at);
    this.wakeAt = at;
  }

  keepAlive(on: boolean): void {
    this.referee.keepAlive(on);
  }

  timedOut(waited: number): unknown {
    return `timed out after ${waited}`;
  }

  exhausted(endpoint?: PooledEndpoint<Thing>): unknown {
    return this.world.exhausted(endpoint?.order);
  }

  hold({ index }: ThingSlot): void {
    this.referee.held(index);
  }

  shrunk(reach: number): void {
    this.referee.shrunk(reach);
  }

  insist(): void {
    this.world.spend();
  }

  owes(): boolean {
    return false;
  }

  unavailable(): unknown {
    return 'unavailable';
  }

  grown(open: number): void {
    this.referee.grown(open);
  }

  drained(): void {
    this.referee.drained();
  }

  private interrupt(): void {
    if (this.interruptions.isPending()) this.referee.interrupted();
    this.interruptions.asked();
  }

  private isSpoilt(connection: Thing | undefined): boolean {
    return connection === undefined || this.world.spoilt.has(connection.name);
  }
}
