import type { Subscription } from 'rxjs';
import type { Pool, PoolEvent, PoolStats } from '../../src/index.js';
import { describeError } from '../../src/endpoint/describe-error.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { Breach, rule, type Breaches } from './breach.js';
import { checkAge, checkAsNew, checkValidated } from './fitness.js';
import type { OversleepingClock } from './oversleeping-clock.js';
import { EndpointBooks } from './endpoint-books.js';
import type { Settings } from './settings.js';
import { SlotStories } from './slot-stories.js';
import { newRecord, type SocketRecord } from './socket-record.js';

/** Totals that go by the name of an event. */
const COUNTED = [
  'opened',
  'failed',
  'closed',
  'borrowed',
  'released',
  'destroyed',
  'detached',
  'queued',
  'timedOut',
  'cancelled',
  'rejected',
] as const;

/** Keeps the books: every event and every socket, and what they must add up to. */
export class Ledger {
  readonly sockets = new Map<SimulatedSocket, SocketRecord>();
  readonly seen = new Map<PoolEvent['type'], number>();
  readonly reasons = new Map<string, number>();
  /** Which labels were reported as leaks, and how often. */
  readonly leaks = new Map<string, number>();
  readonly stories: SlotStories;
  readonly books: EndpointBooks;
  /** The first error of a stream that must never have one. */
  streamError: unknown;
  completed = 0;
  private readonly lossAt = new Map<string, number>();
  /** The most that may be owned: `max`, or after a `resize` what was owned before, until it is less. */
  private most = 0;
  private lastAt = 0;
  private events = 0;
  private readonly streams: Subscription[] = [];

  constructor(
    private readonly pool: Pool<SimulatedSocket, Buffer>,
    private readonly settings: Settings,
    private readonly clock: OversleepingClock,
    private readonly breaches: Breaches,
  ) {
    this.stories = new SlotStories(settings.pool.concurrency);
    this.books = new EndpointBooks(pool.endpoints, settings);
    const error = (cause: unknown): void => {
      this.streamError ??= cause;
    };
    const complete = (): void => {
      this.completed++;
    };
    this.streams.push(
      pool.events$.subscribe({ next: (event) => breaches.guard(() => this.record(event)), error, complete }),
      pool.status$.subscribe({ error, complete }),
      ...pool.endpoints.map(({ endpoint }) => endpoint.status$.subscribe({ error })),
    );
  }

  opened(socket: SimulatedSocket, address: string): void {
    const record = newRecord(address, this.clock.now());
    this.sockets.set(socket, record);
    // Borrowers may leave as many as they like; that none of them stays is seen at the next grant.
    socket.setMaxListeners(0);
    socket.on('close', () => {
      this.breaches.guard(() => rule(!record.hasClosed, 'a socket closes once'));
      record.hasClosed = true;
    });
  }

  of(socket: SimulatedSocket): SocketRecord {
    const record = this.sockets.get(socket);
    if (record === undefined) throw new Breach('what is lent was opened by the transport');
    return record;
  }

  /** A socket is lent, to somebody alone or besides others. */
  lent(socket: SimulatedSocket, isShared: boolean): void {
    const record = this.of(socket);
    const now = this.clock.now();
    // How long it took to prepare, nobody knows who has slept meanwhile.
    if (this.clock.isLate && record.uses === 0) record.openedAt = now;
    checkAge(record, this.settings, now);
    rule(!record.hasClosed, 'what is lent has not closed');
    if (isShared) return;
    rule(!socket.destroyed && socket.writable, 'what is lent is open');
    if (!this.clock.isLate) checkValidated(record, this.settings, now, this.lossAt.get(record.address) ?? -Infinity);
    checkAsNew(socket, record, this.settings);
  }

  /** A loan is about to end. */
  returned(socket: SimulatedSocket): void {
    const record = this.sockets.get(socket);
    if (record === undefined) return;
    record.uses++;
    record.returnedAt = this.clock.now();
  }

  validated(socket: SimulatedSocket): void {
    const record = this.sockets.get(socket);
    if (record !== undefined) record.validatedAt = this.clock.now();
  }

  /** The process has overslept: of what has not come back yet it is not known when its preparation was done. */
  overslept(): void {
    for (const record of this.sockets.values()) {
      if (record.uses > 0) continue;
      record.openedAt = this.clock.now();
      record.isSuspicious = true;
    }
  }

  /** The pool is about to go by another `max`. */
  resizing(max: number): void {
    this.most = Math.max(max, this.pool.stats.max, this.pool.stats.owned);
  }

  /** What must hold whenever nothing is going on. */
  check(stats: PoolStats): void {
    if (this.streamError !== undefined) throw new Breach('state streams never error', describeError(this.streamError));
    for (const type of COUNTED) {
      const told = this.seen.get(type) ?? 0;
      rule(stats[type] === told, 'every change is told of', () => `${type}: ${stats[type]} happened, ${told} told`);
    }
    rule(stats.lost === (this.seen.get('lost') ?? 0), 'every change is told of', () => 'lost');
    this.stories.check(this.pool.slots);
    this.checkSums();
    for (const [socket, record] of this.sockets) {
      if (record.hasClosed) {
        this.sockets.delete(socket);
        continue;
      }
      if (record.isForeign || record.isDeafened) continue;
      rule(socket.listenerCount('error') > 0, 'every socket has an error listener until it has closed');
    }
  }

  /** The pool has the endpoint no longer: what was opened there is not lent again. */
  private doom(address: string): void {
    for (const record of this.sockets.values()) if (record.address === address) record.isDoomed = true;
  }

  stop(): void {
    for (const stream of this.streams) stream.unsubscribe();
  }

  private record(event: PoolEvent): void {
    this.seen.set(event.type, (this.seen.get(event.type) ?? 0) + 1);
    rule(event.at >= this.lastAt, 'events come in the order of time');
    this.lastAt = event.at;
    if (event.type === 'closed') this.reasons.set(event.reason, (this.reasons.get(event.reason) ?? 0) + 1);
    if (event.type === 'lost') this.lossAt.set(event.endpoint, event.at);
    if (event.type === 'rejected') {
      rule(event.waiting >= this.settings.pool.maxWaiting, 'the queue is full when it says so');
    }
    if (event.type === 'leaked') this.recordLeak(event);
    // Not at each one, since a snapshot costs more than everything else here.
    if (this.events++ % 8 === 0) this.checkSums();
    this.books.follow(event);
    if (event.type === 'removed') this.doom(event.endpoint);
    if ('slot' in event) this.stories.follow(event);
  }

  private recordLeak({ reason, held, label, stack }: Extract<PoolEvent, { type: 'leaked' }>): void {
    rule(reason === 'held', 'no lease is garbage collected that its borrower has');
    rule(held >= this.settings.pool.leakAfter, 'only who holds a lease for longer than leakAfter is reported');
    rule(stack !== undefined, 'a report of a leak says where it was borrowed');
    if (label === undefined) return;
    const count = (this.leaks.get(label) ?? 0) + 1;
    this.leaks.set(label, count);
    rule(count === 1, 'each leak is reported once', () => label);
  }

  /** The state is consistent at every moment, also from within an event. */
  private checkSums(): void {
    const { stats, slots } = this.pool;
    const counts: Record<string, number> = { connecting: 0, idle: 0, lent: 0, checking: 0, closing: 0, empty: 0 };
    let leases = 0;
    for (const slot of slots) {
      counts[slot.state] = (counts[slot.state] ?? 0) + 1;
      leases += slot.leases;
    }
    for (const state of ['connecting', 'idle', 'lent', 'checking', 'closing'] as const) {
      rule(stats[state] === counts[state], 'the counts are those of the slots', () => `${state} at an event`);
    }
    rule(
      stats.leases === leases,
      'the counts are those of the slots',
      () => `${stats.leases} leases, ${leases} counted`,
    );
    const owned = stats.connecting + stats.idle + stats.lent + stats.checking + stats.closing;
    rule(owned === stats.owned, 'the counts add up to what is owned');
    this.most = Math.max(stats.max, Math.min(this.most, owned));
    rule(owned <= this.most, 'at most max is owned', () => `${owned} of ${this.most}, max ${stats.max}`);
  }
}
