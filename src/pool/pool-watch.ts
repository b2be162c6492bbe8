import { Observable, type Subscriber } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Connection } from './connection.js';
import type { EventQueue } from './event-queue.js';
import type { PoolEvent } from './events.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { PoolCore } from './pool-core.js';
import { combineStatus, type PoolStatus } from './pool-status.js';
import { endpointView, type EndpointView } from './endpoint-view.js';
import type { SlotHandlers } from './slot-handlers.js';
import { slotView, type SlotView } from './slot-view.js';
import { statsOf, type PoolStats } from './stats.js';

/** How often `stats$` emits, in ms. */
const STATS_EVERY = 1_000;

/** The pool as those see it who only look on. Nothing here dials, and nothing errors. */
export class PoolWatch<S, D> {
  status: PoolStatus;
  readonly status$: Observable<PoolStatus>;
  readonly events$: Observable<PoolEvent>;
  readonly stats$: Observable<PoolStats>;
  private readonly statusSubscribers = new Set<Subscriber<PoolStatus>>();
  private readonly lastCalls = new Set<() => void>();
  private readonly watched = new Map<PooledEndpoint<Connection<S, D>>, () => void>();
  private readonly untold: PoolStatus[] = [];
  private isOver = false;

  constructor(
    private readonly core: PoolCore<Connection<S, D>>,
    private readonly members: ReadonlyMap<PooledEndpoint<Connection<S, D>>, { readonly endpoint: Endpoint<S, D> }>,
    private readonly clock: Clock,
    private readonly handlers: SlotHandlers<S, D> | undefined,
    events: EventQueue,
  ) {
    this.status = combineStatus(this.statuses(), clock.now());
    this.status$ = new Observable((subscriber) => {
      // Registered first: the first value may cause the next.
      this.statusSubscribers.add(subscriber);
      subscriber.add(() => this.statusSubscribers.delete(subscriber));
      subscriber.next(this.status);
      this.completeWhenOver(subscriber);
    });
    this.events$ = new Observable((subscriber) => {
      this.untilOver(subscriber, () => events.listen((event) => subscriber.next(event)));
    });
    this.stats$ = new Observable((subscriber) => {
      subscriber.next(this.stats);
      this.untilOver(subscriber, () => this.everySecond(() => subscriber.next(this.stats)));
    });
  }

  get stats(): PoolStats {
    return statsOf(this.core, this.clock.now());
  }

  get slots(): readonly SlotView<S, D>[] {
    const now = this.clock.now();
    return this.core.stock.table.slots.map((slot) => slotView(slot, this.core, now, this.handlers));
  }

  get endpoints(): readonly EndpointView<S, D>[] {
    return Array.from(this.members, ([pooled, { endpoint }]) => endpointView(pooled, endpoint));
  }

  /** The pool has other endpoints now. */
  update(): void {
    for (const [pooled, unwatch] of this.watched) {
      if (this.members.has(pooled)) continue;
      unwatch();
      this.watched.delete(pooled);
    }
    for (const [pooled, { endpoint }] of this.members) {
      if (!this.watched.has(pooled)) this.watched.set(pooled, endpoint[endpointBrand].gate.watch(this.look));
    }
    this.look();
  }

  /** The pool has been told to close. */
  closing(): void {
    for (const unwatch of this.watched.values()) unwatch();
    this.setStatus({ state: 'closed', since: this.clock.now() });
  }

  /** Everything has closed: the last snapshot goes out and the streams complete. */
  over(): void {
    this.isOver = true;
    for (const last of [...this.lastCalls]) last();
  }

  /** Runs `start` for a subscriber and undoes it at its end, or at the pool's, which completes it. */
  private untilOver<T>(subscriber: Subscriber<T>, start: () => () => void): void {
    if (!this.isOver && !subscriber.closed) subscriber.add(start());
    this.completeWhenOver(subscriber);
  }

  private completeWhenOver<T>(subscriber: Subscriber<T>): void {
    if (this.isOver) {
      subscriber.complete();
      return;
    }
    const last = (): void => subscriber.complete();
    this.lastCalls.add(last);
    subscriber.add(() => this.lastCalls.delete(last));
  }

  private everySecond(emit: () => void): () => void {
    let timer: Timer;
    const arm = (): void => {
      timer = this.clock.set(this.clock.now() + STATS_EVERY, () => {
        arm();
        emit();
      });
      timer.unref();
    };
    arm();
    this.lastCalls.add(emit);
    return () => {
      timer.cancel();
      this.lastCalls.delete(emit);
    };
  }

  private statuses(): Endpoint['status'][] {
    return Array.from(this.members.values(), ({ endpoint }) => endpoint.status);
  }

  private readonly look = (): void => {
    this.setStatus(combineStatus(this.statuses(), this.clock.now(), this.status));
  };

  private setStatus(status: PoolStatus): void {
    if (sameStatus(status, this.status)) return;
    this.status = status;
    this.untold.push(status);
    if (this.untold.length > 1) return;
    // One at a time, so that all see them in order, also where a subscriber causes the next.
    for (let next = this.untold[0]; next !== undefined; this.untold.shift(), next = this.untold[0]) {
      for (const subscriber of [...this.statusSubscribers]) subscriber.next(next);
    }
  }
}

function sameStatus(a: PoolStatus, b: PoolStatus): boolean {
  return a.state === b.state && a.since === b.since && a.error === b.error && a.nextAttemptAt === b.nextAttemptAt;
}
