import type { Clock } from '../endpoint/clock.js';
import type { Dispatcher } from './dispatcher.js';
import type { EventQueue } from './event-queue.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Recorder } from './recorder.js';
import type { Stock } from './stock.js';
import type { WaitQueue } from './wait-queue.js';
import type { Waiter } from './waiter.js';

export interface LobbyConfig {
  readonly maxWaiting: number;
  readonly clock: Clock;
  readonly events: EventQueue;
}

/** The pool whose queue it is. */
export interface LobbyOwner<C> {
  readonly queue: WaitQueue<C>;
  readonly recorder: Recorder;
  readonly stock: Stock<C>;
  readonly endpoints: readonly PooledEndpoint<C>[];
  readonly dispatcher: Dispatcher<C>;
  /** Something is due at `at`. */
  wakeBy(at: number): void;
  settle(): void;
}

/** Where borrowers come who must wait, and leave who do not want to any more. */
export class Lobby<C> {
  private readonly queue: WaitQueue<C>;
  private readonly clock: Clock;
  private readonly events: EventQueue;

  constructor(
    private readonly config: LobbyConfig,
    private readonly owner: LobbyOwner<C>,
    private readonly host: PoolHost<C>,
  ) {
    this.queue = owner.queue;
    this.clock = config.clock;
    this.events = config.events;
  }

  /** Stands in the queue. False when the queue is full. */
  enqueue(waiter: Waiter<C>, timeout: number): boolean {
    const { totals } = this.owner.recorder;
    const now = this.clock.now();
    if (this.queue.time.count >= this.config.maxWaiting) {
      this.owner.recorder.mark(now);
      totals.rejected++;
      this.events.announce('rejected', this.queue.time.count);
      this.owner.settle();
      return false;
    }
    totals.queued++;
    this.queue.push(waiter, now, timeout);
    this.events.announce('queued', this.queue.time.count);
    if (this.queue.time.count === 1) this.host.keepAlive(true);
    this.owner.wakeBy(now + timeout);
    const { pass } = waiter;
    if (pass?.isIn === false) pass.wait(() => this.admit(waiter));
    else this.hurry(waiter);
    this.owner.settle();
    return true;
  }

  /** A waiter that had no leave of a limit has it now. */
  private admit(waiter: Waiter<C>): void {
    // Its key may have had another endpoint when it asked.
    if (waiter.key !== undefined) waiter.moveTo?.(this.owner.stock.balancer.locate(waiter.key));
    if (!this.queue.admit(waiter, this.clock.now())) return;
    this.hurry(waiter);
    this.owner.settle();
  }

  /** A borrower is in a hurry, maybe where nobody was: gates that are asked again shorten their delays, and budgets find room. */
  private hurry(waiter: Waiter<C>): void {
    if (waiter.lane?.first !== waiter) return;
    for (const endpoint of this.owner.endpoints) endpoint.asked = false;
  }

  /** Leaves the queue. False, and nothing happens, if it is no longer in it. */
  cancel(waiter: Waiter<C>): boolean {
    const now = this.clock.now();
    if (!this.queue.remove(waiter, now)) return false;
    this.owner.recorder.totals.cancelled++;
    this.events.announce('cancelled', now - waiter.queuedAt);
    this.owner.dispatcher.calm();
    this.owner.settle();
    return true;
  }
}
