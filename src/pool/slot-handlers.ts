import { Subject, type Subscription } from 'rxjs';
import type { Clock } from '../endpoint/clock.js';
import type { ConnectionEvent } from '../endpoint/connection-event.js';
import { toHandler, type ConnectionHandler } from '../endpoint/to-handler.js';
import type { Transport } from '../endpoint/transport.js';
import { upEvent } from '../endpoint/up-event.js';

/** What a slot's handler is told, and what it has been told. */
interface Told<S, D> {
  readonly endpoint: string;
  readonly handler: ConnectionHandler<S, D>;
  readonly events: Subject<ConnectionEvent<S, D>>;
  resetAt: number | undefined;
  reading: Subscription | undefined;
}

/** One handler for each slot, which hears of every connection that the slot holds to one endpoint; another endpoint has another handler. */
export class SlotHandlers<S, D> {
  private readonly slots: Told<S, D>[] = [];
  /** Resets that wait until the pool has dealt with the loss: whoever hears of one may come back to the pool. */
  private untold: (() => void)[] = [];

  constructor(
    private readonly make: (slot: number, endpoint: string) => ConnectionHandler<S, D>,
    private readonly clock: Clock,
  ) {}

  get(slot: number): ConnectionHandler<S, D> | undefined {
    return this.slots[slot]?.handler;
  }

  /** Reads a new socket for good, if the handler wants what arrives. */
  adopt(slot: number, socket: S, transport: Transport<S, D>): void {
    const told = this.at(slot, transport.address);
    if (told.handler.onData === undefined) return;
    told.reading = transport.data(socket).subscribe({
      next: (data) => {
        told.events.next({ type: 'data', data, at: this.clock.now() });
      },
      // The loss is told by `reset`.
      error: () => undefined,
    });
  }

  connected(slot: number, endpoint: string, socket: S, latency: number): void {
    this.flush();
    const { resetAt, events } = this.at(slot, endpoint);
    events.next(upEvent(socket, latency, this.clock.now(), resetAt));
  }

  /** The slot's connection has closed, or is the pool's no longer. Told by `flush`, or before the next connection if that is sooner. */
  reset(slot: number, error: unknown): void {
    const told = this.slots[slot];
    if (told === undefined) return;
    this.stopReading(slot);
    const at = this.clock.now();
    told.resetAt = at;
    this.untold.push(() => {
      told.events.next({ type: 'reset', error, at });
    });
  }

  stopReading(slot: number): void {
    this.slots[slot]?.reading?.unsubscribe();
  }

  flush(): void {
    const { untold } = this;
    this.untold = [];
    for (const tell of untold) tell();
  }

  private at(slot: number, endpoint: string): Told<S, D> {
    const known = this.slots[slot];
    if (known?.endpoint === endpoint) return known;
    const handler = this.make(slot, endpoint);
    const told: Told<S, D> = { endpoint, handler, events: new Subject(), resetAt: undefined, reading: undefined };
    // As in any subscription, what a handler throws is reported as an uncaught error and stops nothing.
    told.events.subscribe(toHandler(handler));
    this.slots[slot] = told;
    return told;
  }
}
