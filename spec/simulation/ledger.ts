import type { Subscription } from 'rxjs';
import type { Pool, PoolEvent, PoolStats } from '../../src/index.js';
import { describeError } from '../../src/endpoint/describe-error.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { Breach, rule, type Breaches } from './breach.js';

/** What the events have said of a slot. */
type SlotStory = 'empty' | 'connecting' | 'open' | 'lent' | 'ending';

/** From which state a slot may come to hear an event, and where that leads. */
const STORIES: Readonly<Partial<Record<PoolEvent['type'], readonly [from: readonly SlotStory[], to: SlotStory]>>> = {
  // An attempt that was given up is not told of.
  connecting: [['empty', 'connecting'], 'connecting'],
  failed: [['connecting'], 'empty'],
  opened: [['connecting'], 'open'],
  borrowed: [['open'], 'lent'],
  released: [['lent'], 'open'],
  destroyed: [['lent'], 'ending'],
  detached: [['lent'], 'empty'],
  lost: [['open', 'lent'], 'empty'],
  closed: [['open', 'ending'], 'empty'],
};

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

/** Listeners that a socket has again at each grant. */
const LISTENED = ['data', 'readable', 'end', 'close', 'error', 'drain', 'timeout', 'finish', 'connect', 'newListener'];

/** A socket that the pool has opened. */
interface SocketRecord {
  hasClosed: boolean;
  /** It was detached, or left to its borrower by the close of the pool. */
  isForeign: boolean;
  /** The borrower took the listeners away that tell of errors. */
  isDeafened: boolean;
  /** Its listeners at its first grant. */
  listeners: readonly number[] | undefined;
}

/** Keeps the books: every event and every socket, and what they must add up to. */
export class Ledger {
  readonly sockets = new Map<SimulatedSocket, SocketRecord>();
  readonly seen = new Map<PoolEvent['type'], number>();
  readonly reasons = new Map<string, number>();
  /** The first error of a stream that must never have one. */
  streamError: unknown;
  completed = 0;
  private readonly slots: SlotStory[] = [];
  private lastAt = 0;
  private events = 0;
  private readonly streams: Subscription[] = [];

  constructor(
    private readonly pool: Pool<SimulatedSocket, Buffer>,
    private readonly breaches: Breaches,
  ) {
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

  opened(socket: SimulatedSocket): void {
    const record: SocketRecord = { hasClosed: false, isForeign: false, isDeafened: false, listeners: undefined };
    this.sockets.set(socket, record);
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

  /** A socket is lent: it is as it was when it was new. */
  lent(socket: SimulatedSocket): void {
    const record = this.of(socket);
    const listeners = LISTENED.map((event) => socket.listenerCount(event));
    const isFirst = record.listeners === undefined;
    record.listeners ??= listeners;
    const before = record.listeners;
    rule(!socket.destroyed && socket.writable && !record.hasClosed, 'what is lent is open');
    // What a server says first is for the first borrower.
    rule(isFirst || socket.readableLength === 0, 'nothing is unread on what is lent');
    rule(socket.readableFlowing === null, 'what is lent does not flow');
    rule(socket.readableEncoding === null, 'what is lent has no encoding');
    rule((socket.timeout ?? 0) === 0, 'what is lent has no timeout');
    rule(socket.writableCorked === 0, 'what is lent is not corked');
    rule(
      listeners.every((count, i) => count === before[i]),
      'what is lent has no listeners of the borrower before',
      () => LISTENED.map((event, i) => `${event} ${before[i] ?? 0} -> ${listeners[i] ?? 0}`).join(', '),
    );
  }

  /** What must hold whenever nothing is going on. */
  check(stats: PoolStats): void {
    if (this.streamError !== undefined) throw new Breach('state streams never error', describeError(this.streamError));
    for (const type of COUNTED) {
      const told = this.seen.get(type) ?? 0;
      rule(stats[type] === told, 'every change is told of', () => `${type}: ${stats[type]} happened, ${told} told`);
    }
    rule(stats.lost === (this.seen.get('lost') ?? 0), 'every change is told of', () => 'lost');
    const slots = this.pool.slots;
    for (const [i, story] of this.slots.entries()) {
      const state = slots[i]?.state;
      const fits =
        story === 'connecting'
          ? state === 'connecting' || state === 'empty' || state === 'closing'
          : story === 'open'
            ? state === 'idle' || state === 'checking' || state === 'closing'
            : story === 'ending'
              ? state === 'closing'
              : state === story;
      rule(fits, 'the events tell what has become of each slot', () => `slot ${i} is ${String(state)}, told ${story}`);
    }
    for (const [socket, record] of this.sockets) {
      if (record.hasClosed) {
        this.sockets.delete(socket);
        continue;
      }
      if (record.isForeign || record.isDeafened) continue;
      rule(socket.listenerCount('error') > 0, 'every socket has an error listener until it has closed');
    }
  }

  stop(): void {
    for (const stream of this.streams) stream.unsubscribe();
  }

  private record(event: PoolEvent): void {
    this.seen.set(event.type, (this.seen.get(event.type) ?? 0) + 1);
    rule(event.at >= this.lastAt, 'events come in the order of time');
    this.lastAt = event.at;
    if (event.type === 'closed') this.reasons.set(event.reason, (this.reasons.get(event.reason) ?? 0) + 1);
    // Not at each one, since a snapshot costs more than everything else here.
    if (this.events++ % 8 === 0) this.checkSums();
    if (!('slot' in event)) return;
    const story = STORIES[event.type];
    const from = this.slots[event.slot] ?? 'empty';
    if (story?.[0].includes(from) !== true)
      throw new Breach('an event follows from the one before', `${event.type} while ${from}`);
    this.slots[event.slot] = story[1];
  }

  /** The state is consistent at every moment, also from within an event. */
  private checkSums(): void {
    const { stats, slots } = this.pool;
    const counts: Record<string, number> = { connecting: 0, idle: 0, lent: 0, checking: 0, closing: 0, empty: 0 };
    for (const { state } of slots) counts[state] = (counts[state] ?? 0) + 1;
    for (const state of ['connecting', 'idle', 'lent', 'checking', 'closing'] as const) {
      rule(stats[state] === counts[state], 'the counts are those of the slots', () => `${state} at an event`);
    }
    const owned = stats.connecting + stats.idle + stats.lent + stats.checking + stats.closing;
    rule(owned === stats.owned && owned <= stats.max, 'at most max is owned', () => `${owned} of ${stats.max}`);
  }
}
