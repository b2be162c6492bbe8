import type { Clock } from '../endpoint/clock.js';
import type { EjectionChange } from '../balance/ejection-change.js';
import type { PoolEvent } from './events.js';
import { told, type Origin } from './loan.js';
import type { Slot } from './slot.js';

/** The types of the events about one slot. */
export type SlotNews = Extract<PoolEvent, { readonly slot: number }>['type'];
/** The types of the events about the queue or the whole pool. */
export type PoolNews = Exclude<
  PoolEvent['type'],
  SlotNews | EndpointNews | EjectionChange['type'] | Trouble | 'resized'
>;
/** The types of the events about one endpoint. */
export type EndpointNews = 'added' | 'removed';
/** The types of the events about what is not as it should be, by no fault of a connection. */
export type Trouble = 'pickerFailed' | 'discoveryFailed';

/** What an event tells besides its slot. */
export interface SlotDetail {
  readonly error?: unknown;
  /** A duration. */
  readonly amount?: number;
  readonly reason?: 'held' | 'collected';
  readonly origin?: Origin | undefined;
  readonly listeners?: readonly string[];
}

/** What a `resized` event tells. */
export interface Size {
  readonly min: number;
  readonly max: number;
  readonly reason: string | undefined;
}

const NO_DETAIL: SlotDetail = {};

/** Makes events, if anybody listens, and lets them out in order, also when a listener causes the next one. */
export class EventQueue {
  /** No event is made while this is false. */
  observed = false;
  private listeners: readonly ((event: PoolEvent) => void)[] = [];
  private readonly waiting: PoolEvent[] = [];
  private flushing = false;

  constructor(private readonly clock: Clock) {}

  /** Calls `listener` for each event from now on, until the returned function is called. */
  listen(listener: (event: PoolEvent) => void): () => void {
    // Replaced, never changed: a flush under way goes through the list that it started with.
    this.listeners = [...this.listeners, listener];
    this.observed = true;
    return () => {
      this.listeners = this.listeners.filter((one) => one !== listener);
      this.observed = this.listeners.length > 0;
    };
  }

  /** News of a slot. */
  tell(type: SlotNews, slot: Slot<unknown>, detail: SlotDetail = NO_DETAIL): void {
    if (this.observed) this.waiting.push(this.slotEvent(type, slot, detail));
  }

  /** The limits have changed. */
  resized({ min, max, reason }: Size): void {
    if (!this.observed) return;
    this.waiting.push({ type: 'resized', min, max, ...(reason !== undefined && { reason }), at: this.clock.now() });
  }

  /** News of an endpoint. */
  tellOf(type: EndpointNews, endpoint: string): void {
    if (this.observed) this.waiting.push({ type, endpoint, at: this.clock.now() });
  }

  /** An endpoint has been ejected, or is on its way back. */
  judged(endpoint: string, change: EjectionChange): void {
    if (this.observed) this.waiting.push({ ...change, endpoint, at: this.clock.now() });
  }

  /** Something that the pool was given does not do what it should. */
  trouble(type: Trouble, error: unknown): void {
    if (this.observed) this.waiting.push({ type, error, at: this.clock.now() });
  }

  /** News of the queue or the pool; `amount` is a duration, or how many wait. */
  announce(type: PoolNews, amount = 0): void {
    if (!this.observed) return;
    const at = this.clock.now();
    if (type === 'queued' || type === 'rejected') this.waiting.push({ type, waiting: amount, at });
    else if (type === 'timedOut' || type === 'cancelled') this.waiting.push({ type, waited: amount, at });
    else this.waiting.push({ type, at });
  }

  /** Lets out what waits, unless that is under way already. Whether there was anything. */
  flush(): boolean {
    if (this.flushing || this.waiting.length === 0) return false;
    this.flushing = true;
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift()) {
      for (const listener of this.listeners) listener(event);
    }
    this.flushing = false;
    return true;
  }

  private slotEvent(type: SlotNews, slot: Slot<unknown>, detail: SlotDetail): PoolEvent {
    const about = { endpoint: slot.endpoint.address, slot: slot.index, at: this.clock.now() };
    const { error, amount = 0, reason = 'held', origin, listeners = [] } = detail;
    switch (type) {
      case 'connecting':
        return { type, ...about };
      case 'failed':
      case 'lost':
        return { type, error, ...about };
      case 'opened':
        return { type, latency: slot.latency, ...about };
      case 'closed':
        return { type, reason: slot.reason, ...about };
      case 'borrowed':
        return { type, waited: amount, ...about };
      case 'destroyed':
        return { type, held: amount, ...(error !== undefined && { error }), ...about };
      case 'released':
      case 'detached':
        return { type, held: amount, ...about };
      case 'leaked':
        return { type, reason, held: amount, ...told(origin), ...about };
      case 'leftover':
        return { type, listeners, ...about };
    }
  }
}
