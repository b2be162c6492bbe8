import type { Clock } from '../endpoint/clock.js';
import { PooledEndpoint } from './pooled-endpoint.js';
import { SlotState } from './slot-state.js';
import { Slot } from './slot.js';

/** All slots of a pool, and how many are in each state. Every change of a slot's state goes through here. */
export class SlotTable<C> {
  readonly endpoints: PooledEndpoint<C>[] = [];
  readonly slots: Slot<C>[] = [];
  readonly empty: SlotState = new SlotState('empty', false);
  readonly connecting: SlotState = new SlotState('connecting', false);
  readonly idle: SlotState = new SlotState('idle', true);
  readonly lent: SlotState = new SlotState('lent', true);
  readonly checking: SlotState = new SlotState('checking', true);
  readonly closing: SlotState = new SlotState('closing', false);
  /** Slots that take no further connection, and how many of them are empty. */
  taken = 0;
  out = 0;

  /** The weights of all endpoints together. */
  shares = 0;
  /** How many endpoints there have been. */
  private known = 0;

  constructor(
    private readonly order: 'lifo' | 'fifo',
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  add(address: string, weight?: number, priority?: number): PooledEndpoint<C> {
    const endpoint = new PooledEndpoint<C>(this.known++, address, this.order, this.clock, weight, priority);
    this.endpoints.push(endpoint);
    this.shares += endpoint.share;
    return endpoint;
  }

  /** It is none of the pool's any more; slots that still hold a connection of it keep it. */
  remove(endpoint: PooledEndpoint<C>): void {
    this.shares -= endpoint.share;
    this.endpoints.splice(this.endpoints.indexOf(endpoint), 1);
  }

  /** Sockets from the start of dialling until they have closed. */
  get owned(): number {
    return this.slots.length - this.empty.size;
  }

  /** Idle, lent and checking. */
  get open(): number {
    return this.idle.size + this.lent.size + this.checking.size;
  }

  /** What is open or will be. */
  get live(): number {
    return this.connecting.size + this.open;
  }

  /** An empty slot for the endpoint: one that was its own, any other, or a new one at the end. */
  vacant(endpoint: PooledEndpoint<C>): Slot<C> {
    let vacant: Slot<C> | undefined;
    if (this.empty.size > this.out) {
      const empty = this.slots.filter(({ state, isOut }) => state === this.empty && !isOut);
      vacant = empty.find((slot) => slot.endpoint === endpoint) ?? empty[0];
    }
    if (vacant === undefined) {
      vacant = new Slot<C>(this.slots.length, endpoint, this.empty);
      this.empty.size++;
      this.slots.push(vacant);
    }
    vacant.endpoint = endpoint;
    return vacant;
  }

  /** From now on the slot takes no further connection. */
  takeOut(slot: Slot<C>): void {
    if (slot.isOut) return;
    slot.isOut = true;
    this.taken++;
    if (slot.state === this.empty) this.out++;
  }

  /** The longest idle of those endpoints that fit. */
  longestIdle(fits: (endpoint: PooledEndpoint<C>) => boolean): Slot<C> | undefined {
    let longest: Slot<C> | undefined;
    for (const endpoint of this.endpoints) {
      const { oldest } = endpoint.idle;
      if (oldest === undefined || !fits(endpoint)) continue;
      if (longest === undefined || oldest.idleSince < longest.idleSince) longest = oldest;
    }
    return longest;
  }

  /** Connections of the endpoint that are being checked. */
  checkingAt(endpoint: PooledEndpoint<C>): number {
    let checking = 0;
    for (const slot of this.slots) if (slot.state === this.checking && slot.endpoint === endpoint) checking++;
    return checking;
  }

  /** Whether a check is still about this connection: a hook or a look may have closed or lost it, and another may be in its slot. */
  isChecking(slot: Slot<C>, connection: C | undefined): boolean {
    return slot.connection === connection && slot.state === this.checking;
  }

  move(slot: Slot<C>, to: SlotState): void {
    if (to === this.empty && slot.isOut) this.out++;
    this.count(slot, -1);
    this.moveOpen(slot, to);
    this.count(slot, 1);
  }

  /** As `move`, from one state of an open connection to another, of which there are two in each loan. */
  moveOpen(slot: Slot<C>, to: SlotState): void {
    slot.state.size--;
    to.size++;
    slot.state = to;
  }

  private count({ state, endpoint }: Slot<C>, by: number): void {
    if (state.isOpen) endpoint.open += by;
    else if (state === this.connecting) endpoint.connecting += by;
    else if (state === this.closing) endpoint.closing += by;
  }
}
