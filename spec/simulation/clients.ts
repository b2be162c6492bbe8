import {
  AcquireTimeoutError,
  PoolClosedError,
  QueueFullError,
  RetriesExhaustedError,
  type BorrowConfig,
  type PoolStats,
} from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { Breach, rule } from './breach.js';
import { Client, type Face, type OnGrant, type SimulatedLease } from './client.js';
import type { World } from './world.js';

/** Everybody who has asked, and is not over yet. */
export class Clients {
  readonly active = new Set<Client>();
  private readonly holders = new Map<SimulatedSocket, Client>();
  isPoolClosing = false;

  constructor(private readonly world: World) {}

  in(state: Client['state'], when: (client: Client) => boolean = () => true): Client[] {
    return [...this.active].filter((client) => client.state === state && when(client));
  }

  /** Somebody asks. */
  join(face: Face, config: BorrowConfig | undefined, onGrant?: OnGrant): Client {
    const { clock, settings } = this.world;
    const now = clock.now();
    const client = new Client(face, now, now + (config?.timeout ?? settings.pool.acquireTimeout), onGrant);
    client.signal = config?.signal;
    this.active.add(client);
    return client;
  }

  granted(client: Client, lease: SimulatedLease): void {
    const { ledger, clock, tally } = this.world;
    this.asksAgain(client);
    rule(client.state === 'waiting' || client.state === 'resting', 'who asks once is answered once', () => client.name);
    rule(!client.hasLeft, 'who has left gets nothing', () => client.name);
    rule(!client.standsInLine || clock.now() <= client.deadline, 'no grant comes after the deadline');
    const { socket } = lease;
    rule(!this.holders.has(socket), 'never two borrowers on one socket', () => client.name);
    if (client.standsInLine) {
      const first = this.in('waiting', (one) => one.standsInLine)[0];
      rule(first === client, 'first come, first served', () => `${client.name} before ${first?.name ?? ''}`);
    }
    // An acquire is told of its lease a microtask later, and the socket may have changed meanwhile.
    if (client.face !== 'acquire') ledger.lent(socket);
    tally.add(`granted by ${client.face}`);
    client.state = 'holding';
    client.lease = lease;
    client.socket = socket;
    this.holders.set(socket, client);
    client.onGrant(client, lease);
  }

  refused(client: Client, error: unknown): void {
    const { pool, clock, tally, settings } = this.world;
    this.asksAgain(client);
    rule(client.state === 'waiting' || client.state === 'resting', 'who asks once is answered once', () => client.name);
    const name = error instanceof Error ? error.name : String(error);
    tally.add(`refused with ${name}`);
    client.state = 'over';
    this.active.delete(client);
    if (error instanceof AcquireTimeoutError) {
      rule(
        client.face === 'worker' || clock.now() >= client.deadline,
        'no timeout comes before its time',
        () => client.name,
      );
    } else if (error instanceof QueueFullError) {
      rule(pool.stats.waiting >= settings.pool.maxWaiting, 'the queue is full when it says so');
    } else if (error instanceof PoolClosedError) {
      rule(this.isPoolClosing, 'the pool is closed when it says so');
    } else if (error instanceof RetriesExhaustedError) {
      const { retryCount, retryDelay, shouldRetry } = settings;
      rule(retryCount !== Infinity || retryDelay === 'gives up' || shouldRetry, 'only who may give up does');
    } else {
      rule(
        client.signal?.aborted === true && error === client.signal.reason,
        'a waiter fails for a known reason',
        () => name,
      );
    }
  }

  /** A worker whose connection was lost asks at once for another. */
  private asksAgain(client: Client): void {
    if (client.face === 'worker' && client.socket?.destroyed === true) this.ending(client);
  }

  /** Says before it happens that a client's loan ends, since the next grant may come from within. */
  ending(client: Client): SimulatedLease | undefined {
    if (client.state !== 'holding') return undefined;
    client.state = client.face === 'worker' ? 'resting' : 'over';
    if (client.face !== 'worker') this.active.delete(client);
    if (client.socket !== undefined && this.holders.get(client.socket) === client) this.holders.delete(client.socket);
    return client.lease;
  }

  /** Takes a client out of the queue. */
  left(client: Client): void {
    client.hasLeft = true;
    client.state = 'over';
    this.active.delete(client);
  }

  /** Loans whose connection has closed are over. */
  forgetLost(): void {
    for (const client of this.in('holding')) {
      const { socket } = client;
      if (socket !== undefined && this.world.ledger.sockets.get(socket)?.hasClosed !== false) this.ending(client);
    }
  }

  check(stats: PoolStats): void {
    const { clock, ledger, settings } = this.world;
    const now = clock.now();
    const workers = this.in('resting').length + this.in('waiting', ({ face }) => face === 'worker').length;
    const waiting = this.in('waiting', ({ face }) => face !== 'worker');
    rule(
      stats.waiting >= waiting.length && stats.waiting <= waiting.length + workers,
      'the queue holds whoever waits, and nobody else',
      () => `${stats.waiting} in the queue, ${waiting.length} wait, and up to ${workers} workers`,
    );
    rule(stats.waiting <= settings.pool.maxWaiting, 'the queue is bounded');
    for (const client of waiting) {
      rule(now <= client.deadline, 'no waiter outlives its deadline', () => `${client.name}, now ${now}`);
    }
    const holding = this.in('holding').filter(({ socket }) => socket !== undefined && !ledger.of(socket).isForeign);
    // A pool that closes may take sockets away from borrowers who have not heard of it yet.
    const isRight = this.isPoolClosing ? stats.lent <= holding.length : stats.lent === holding.length;
    rule(isRight, 'what is lent is in the hands of borrowers', () => `${stats.lent} lent, ${holding.length} held`);
    if (holding.some(({ lease }) => lease === undefined)) throw new Breach('a borrower has its lease');
  }
}
