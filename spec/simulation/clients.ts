import type { BorrowConfig, PoolStats } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { Breach, rule } from './breach.js';
import { hasKeys } from './balances.js';
import { Client, type Face, type OnGrant, type SimulatedLease } from './client.js';
import { checkChoice, isEjected } from './rules-choice.js';
import { checkReason, isHopeless } from './refusals.js';
import type { World } from './world.js';

/** Everybody who has asked, and is not over yet. */
export class Clients {
  readonly active = new Set<Client>();
  private readonly holders = new Map<SimulatedSocket, Set<Client>>();
  private joined = 0;
  isPoolClosing = false;

  constructor(private readonly world: World) {}

  in(state: Client['state'], when: (client: Client) => boolean = () => true): Client[] {
    return [...this.active].filter((client) => client.state === state && when(client));
  }

  /** Somebody asks. */
  join(face: Face, config: BorrowConfig | undefined, onGrant?: OnGrant): Client {
    const { clock, settings } = this.world;
    const now = clock.now();
    const deadline = now + (config?.timeout ?? settings.pool.acquireTimeout);
    const client = new Client(face, this.joined++, now, deadline, config, onGrant);
    const isKeyed = config?.key !== undefined && config.endpoint === undefined;
    client.isLocated = isKeyed && hasKeys(settings.many?.balance);
    this.active.add(client);
    return client;
  }

  /** It stands behind all who wait now. */
  renumber(client: Client): void {
    client.number = this.joined++;
  }

  /** Those who have the socket. */
  holdersOf(socket: SimulatedSocket | undefined): ReadonlySet<Client> {
    return (socket && this.holders.get(socket)) ?? new Set();
  }

  granted(client: Client, lease: SimulatedLease): void {
    const { ledger, settings } = this.world;
    const { socket } = lease;
    this.served(client, lease.endpoint.address);
    checkChoice(this.world, client, lease.endpoint.address);
    const holders = this.holders.get(socket) ?? new Set();
    this.holders.set(socket, holders);
    rule(holders.size < settings.pool.concurrency, 'never more than concurrency borrowers on one socket', () =>
      [...holders, client].map(({ name }) => name).join(),
    );
    // An acquire is told of its lease a microtask later, and the socket may have changed meanwhile.
    if (client.face !== 'acquire') ledger.lent(socket, holders.size > 0 || this.mayHaveMore());
    if (holders.size > 0) this.world.tally.add('granted besides others');
    client.state = 'holding';
    client.lease = lease;
    client.socket = socket;
    client.grantedAt = this.world.clock.now();
    holders.add(client);
    client.onGrant(client, lease);
  }

  /** Whether somebody may have a lease who has not been told yet. */
  private mayHaveMore(): boolean {
    return this.world.settings.pool.concurrency > 1 && this.in('waiting', ({ face }) => face === 'acquire').length > 0;
  }

  /** Somebody has got a socket to use without a lease. */
  allocated(client: Client, socket: SimulatedSocket): void {
    const record = this.world.ledger.of(socket);
    this.served(client, record.address);
    rule(!record.hasClosed && !record.isForeign, 'what is allocated is open');
    record.isAllocated = true;
    client.state = 'over';
    this.active.delete(client);
  }

  /** A connection may have been given up for somebody who wants another endpoint, and goes whatever becomes of them. */
  suspectOthers(client: Client): void {
    for (const record of this.world.ledger.sockets.values())
      if (client.isLocated || !client.takes(record.address)) record.isSuspicious = true;
  }

  /** Somebody gets what it has asked for. */
  private served(client: Client, address: string): void {
    const { clock, tally } = this.world;
    this.suspectOthers(client);
    this.asksAgain(client);
    this.expectsAnswer(client);
    rule(!client.hasLeft, 'who has left gets nothing', () => client.name);
    const isInTime = clock.now() <= client.deadline || clock.isLate;
    rule(!client.standsInLine || isInTime, 'no grant comes after the deadline');
    rule(client.takes(address), 'who asks for one endpoint gets no other');
    if (client.standsInLine) {
      const isOut = isEjected(this.world, address);
      const first = this.in('waiting', (one) => {
        if (!one.standsInLine || one.isAsking || one.isParked || one.isLocated || (isOut && one.takesAny)) return false;
        // Who gets leave of a limit when its time is up is about to be failed.
        if (this.world.limits !== undefined && clock.now() >= one.deadline) return false;
        return one.takes(address) && one.goesBefore(client);
      })[0];
      rule(first === undefined, 'first come, first served', () => `${client.name} before ${first?.name ?? ''}`);
    }
    tally.add(`granted by ${client.face}`);
  }

  private expectsAnswer(client: Client): void {
    const { context, settings } = this.world;
    rule(client.state === 'waiting' || client.state === 'resting', 'who asks once is answered once', () => client.name);
    if (!settings.keepsContext) return;
    rule(context.getStore() === client, 'who asks is answered in its own async context', () => client.name);
  }

  refused(client: Client, error: unknown): void {
    this.asksAgain(client);
    this.expectsAnswer(client);
    this.world.tally.add(`refused with ${error instanceof Error ? error.name : String(error)}`);
    this.suspectOthers(client);
    client.state = 'over';
    this.active.delete(client);
    checkReason(this.world, client, error);
  }

  /** A worker whose connection was lost asks at once for another. */
  private asksAgain(client: Client): void {
    if (client.face === 'worker' && client.lease?.isOver === true) this.ending(client);
  }

  /** Says before it happens that a client's loan ends, since the next grant may come from within. */
  ending(client: Client): SimulatedLease | undefined {
    if (client.state !== 'holding') return undefined;
    client.state = client.face === 'worker' ? 'resting' : 'over';
    if (client.face !== 'worker') this.active.delete(client);
    const { socket } = client;
    if (socket !== undefined) {
      const holders = this.holders.get(socket);
      holders?.delete(client);
      if (holders?.size === 0) this.holders.delete(socket);
      this.world.ledger.returned(socket);
    }
    return client.lease;
  }

  /** Takes a client out of the queue. */
  left(client: Client): void {
    client.hasLeft = true;
    this.suspectOthers(client);
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

  /** Loans that were taken away by force are over. */
  forgetTaken(): void {
    for (const client of this.in('holding')) if (client.lease?.isOver === true) this.ending(client);
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
    if (settings.pool.failFast) {
      const patient = waiting.find((client) => !client.isParked && isHopeless(this.world, client));
      rule(patient === undefined, 'with failFast nobody waits while all is down', () => patient?.name ?? '');
    }
    for (const client of waiting) {
      rule(now <= client.deadline, 'no waiter outlives its deadline', () => `${client.name}, now ${now}`);
    }
    const holding = this.in('holding').filter(({ socket }) => socket !== undefined && !ledger.of(socket).isForeign);
    // A pool that closes may take sockets away from borrowers who have not heard of it yet.
    const isRight = this.isPoolClosing ? stats.leases <= holding.length : stats.leases === holding.length;
    rule(isRight, 'what is lent is in the hands of borrowers', () => `${stats.leases} lent, ${holding.length} held`);
    const quota = settings.many?.quota ?? Infinity;
    if (quota !== Infinity) checkQuota(holding, quota);
    const lent = new Set(holding.map(({ socket }) => socket)).size;
    const isCounted = this.isPoolClosing ? stats.lent <= lent : stats.lent === lent;
    rule(isCounted, 'what is lent is in the hands of borrowers', () => `${stats.lent} sockets lent, ${lent} held`);
    const { leakAfter } = settings.pool;
    for (const { label, grantedAt, name } of holding) {
      const isTold = label === undefined || now - grantedAt <= leakAfter || ledger.leaks.has(label);
      rule(isTold || this.isPoolClosing, 'each leak is reported', () => `${name}, granted at ${grantedAt}, now ${now}`);
    }
    if (holding.some(({ lease }) => lease === undefined)) throw new Breach('a borrower has its lease');
  }
}

/** Those who have a lease, of whom one key has no more than it may. */
function checkQuota(holding: readonly Client[], quota: number): void {
  const byKey = new Map<string, number>();
  for (const { key } of holding) byKey.set(key, (byKey.get(key) ?? 0) + 1);
  for (const [key, count] of byKey) rule(count <= quota, 'never more leases of a key than its quota', () => key);
}
