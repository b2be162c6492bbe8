import { Observable, retry } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcquireTimeoutError,
  exponentialBackoff,
  PoolClosedError,
  QueueFullError,
  UnavailableError,
  type PoolConfig,
} from '../../src/index.js';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { Sites } from './constraint-lab.js';
import { borrowMany, borrowNow, FULL_DELAY, handLab, instantLab, record, type FakePool, type Lab } from './pool-lab.js';

const SHARED: PoolConfig<FakeSocket> = { concurrency: Infinity };

/** A socket that must be there at once. */
function allocateNow(pool: FakePool): FakeSocket {
  const allocated = record(pool.allocate());
  expect(allocated.completed).toBe(true);
  return allocated.only;
}

/** A pool with so many idle connections, each idle for 1 ms longer than the next. */
async function idleLab(count: number, config: PoolConfig<FakeSocket> = {}): Promise<Lab & { sockets: FakeSocket[] }> {
  const lab = instantLab({ ...SHARED, max: count, ...config });
  await lab.pool.ready(count);
  const sockets = lab.transport.opens.map(({ socket }) => socket!);
  expect(lab.pool.stats.idle).toBe(count);
  return { ...lab, sockets };
}

describe('allocate', () => {
  it.each([undefined, 1, 5])('throws a TypeError with concurrency %s', (concurrency) => {
    const { pool } = instantLab(concurrency === undefined ? {} : { concurrency });
    expect(() => pool.allocate()).toThrow(TypeError);
    expect(() => pool.allocate()).toThrow(/concurrency Infinity/);
  });

  it('opens the first connection when somebody subscribes, and gives its socket', () => {
    const { pool, transport } = handLab(SHARED);
    const allocate = pool.allocate();
    expect(transport.opens).toHaveLength(0);
    const waits = record(allocate);
    expect(waits.isOver).toBe(false);
    const socket = transport.last.accept();
    expect(waits.only).toBe(socket);
    expect(waits.completed).toBe(true);
    expect(socket.closed).toBe(false);
  });

  it('needs nothing to be given back: no lease is out, and the connection is there for others', () => {
    const { pool } = instantLab(SHARED);
    const sockets = [allocateNow(pool), allocateNow(pool)];
    expect(pool.stats).toMatchObject({ leases: 0, lent: 0, idle: 1, owned: 1 });
    expect(borrowNow(pool).socket).toBe(sockets[0]);
    expect(allocateNow(pool)).toBe(sockets[0]);
    expect(pool.stats.leases).toBe(1);
  });

  it('gives the socket with the fewest bytes waiting to be written, whoever has it', async () => {
    const { pool, sockets } = await idleLab(3);
    const [a, b, c] = sockets as [FakeSocket, FakeSocket, FakeSocket];
    a.unwritten = 300;
    b.unwritten = 100;
    c.unwritten = 200;
    expect(allocateNow(pool)).toBe(b);
    b.unwritten = 250;
    expect(allocateNow(pool)).toBe(c);
    const leases = borrowMany(pool, 3);
    a.unwritten = 1;
    expect(allocateNow(pool)).toBe(a);
    for (const lease of leases) lease.release();
    b.unwritten = 0;
    expect(allocateNow(pool)).toBe(b);
  });

  it('prefers among equals what nobody has', async () => {
    const { pool, sockets } = await idleLab(3);
    const lent = borrowMany(pool, 2).map(({ socket }) => socket);
    const [free] = sockets.filter((socket) => !lent.includes(socket));
    for (let i = 0; i < 3; i++) expect(allocateNow(pool)).toBe(free);
  });

  it('gives idle sockets in turn', async () => {
    const { pool, clock } = await idleLab(3);
    const given = Array.from({ length: 6 }, () => {
      clock.advance(1);
      return allocateNow(pool).id;
    });
    expect(new Set(given.slice(0, 3)).size).toBe(3);
    expect(given.slice(3)).toEqual(given.slice(0, 3));
  });

  it('gives idle sockets in turn also within one millisecond, over all endpoints', async () => {
    const sites = new Sites(['a', 'b', 'c'], { ...SHARED, max: 6 });
    await sites.pool.ready(6);
    sites.clock.advance(1);
    const given = Array.from({ length: 12 }, () => record(sites.pool.allocate()).only);
    expect(new Set(given.slice(0, 6)).size).toBe(6);
    expect(new Set(given.slice(6)).size).toBe(6);
  });

  it('opens one more connection when the best is busy and there is room, and waits for nothing', () => {
    const { pool, transport } = instantLab({ ...SHARED, max: 2 });
    const first = allocateNow(pool);
    expect(transport.opens).toHaveLength(1);
    first.unwritten = 10;
    transport.onOpen = undefined;
    expect(allocateNow(pool)).toBe(first);
    expect(transport.opens).toHaveLength(2);
    expect(allocateNow(pool)).toBe(first);
    const second = transport.last.accept();
    expect(allocateNow(pool)).toBe(second);
    second.unwritten = 10;
    allocateNow(pool);
    expect(transport.opens).toHaveLength(2);
  });

  it('opens no more while the best has nothing to write', async () => {
    const { pool, transport } = await idleLab(1, { max: 5 });
    for (let i = 0; i < 10; i++) allocateNow(pool);
    expect(transport.opens).toHaveLength(1);
  });

  it('passes over a socket that is no longer usable, and closes it', async () => {
    const { pool, sockets, transport, clock } = await idleLab(2);
    clock.advance(1);
    transport.usable = ({ id }) => id !== 0;
    for (let i = 0; i < 3; i++) expect(allocateNow(pool)).toBe(sockets[1]);
    expect(sockets[0]!.closed).toBe(true);
  });

  it('passes over a connection that has lived too long', async () => {
    const { pool, sockets, clock } = await idleLab(1, { max: 2, maxLifetime: 1_000, lifetimeJitter: 0 });
    clock.advance(1_000);
    expect(allocateNow(pool)).not.toBe(sockets[0]);
  });

  it('never gives a socket that the pool closes at that moment', () => {
    const { pool } = instantLab({ ...SHARED, maxUses: 1 });
    for (let i = 0; i < 5; i++) expect(allocateNow(pool).closed).toBe(false);
  });

  it('counts as use: what is allocated again and again does not go for having been idle', async () => {
    const { pool, clock, sockets } = await idleLab(1, { idleTimeout: 1_000 });
    for (let i = 0; i < 5; i++) {
      clock.advance(900);
      expect(allocateNow(pool)).toBe(sockets[0]);
    }
    clock.advance(1_000);
    expect(sockets[0]!.closed).toBe(true);
  });

  it('keeps the process alive by its socket, until that closes for having been idle', async () => {
    const waited = handLab(SHARED);
    const waits = record(waited.pool.allocate());
    expect(waited.clock.keepsAlive).toBe(true);
    waited.transport.last.accept();
    expect(waits.only.refed).toBe(true);
    expect(waited.clock.keepsAlive).toBe(false);
    const { pool, sockets, clock } = await idleLab(1, { idleTimeout: 1_000 });
    expect(sockets[0]!.refed).toBe(false);
    expect(allocateNow(pool).refed).toBe(true);
    clock.advance(1_000);
    expect(sockets[0]!.closed).toBe(true);
  });

  it('keeps the process alive by its socket also after somebody else has borrowed that', async () => {
    const { pool } = await idleLab(1);
    const socket = allocateNow(pool);
    borrowNow(pool).release();
    expect(socket.refed).toBe(true);
  });

  it('takes the options of a borrow', () => {
    const sites = new Sites(['a', 'b'], SHARED);
    const first = record(sites.pool.allocate({ endpoint: 'b' }));
    expect(sites.open).toEqual({ a: 0, b: 1 });
    expect(record(sites.pool.allocate({ endpoint: 'b' })).only).toBe(first.only);
    expect(record(sites.pool.allocate({ endpoint: 'a' })).only).not.toBe(first.only);
    expect(() => sites.pool.allocate({ endpoint: 'c' })).toThrow(/a, b.*"c"/);
    const { pool, clock } = handLab(SHARED);
    const order: string[] = [];
    const late = record(pool.allocate({ timeout: 10, label: 'in a hurry' }));
    const stop = new AbortController();
    pool.allocate({ signal: stop.signal }).subscribe({ error: (reason: unknown) => order.push(String(reason)) });
    stop.abort('changed my mind');
    expect(order).toEqual(['changed my mind']);
    expect(record(pool.allocate({ signal: stop.signal })).error).toBe('changed my mind');
    clock.advance(10);
    expect(late.error).toBeInstanceOf(AcquireTimeoutError);
    expect(pool.stats.waiting).toBe(0);
  });

  it('waits its turn among those who borrow', () => {
    const { pool, transport } = handLab({ ...SHARED, max: 1 });
    const order: string[] = [];
    pool.borrow().subscribe(() => order.push('borrow'));
    pool.allocate().subscribe(() => order.push('allocate'));
    pool.borrow({ priority: 1 }).subscribe(() => order.push('urgent'));
    transport.last.accept();
    expect(order).toEqual(['urgent', 'borrow', 'allocate']);
  });

  it('leaves the queue at an unsubscribe', () => {
    const { pool } = handLab(SHARED);
    const waits = record(pool.allocate());
    expect(pool.stats.waiting).toBe(1);
    waits.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ waiting: 0, cancelled: 1 });
  });

  it('fails as a borrow does: by time, by a full queue, by the close of the pool', () => {
    const { pool, clock } = handLab({ ...SHARED, acquireTimeout: 100, maxWaiting: 2 });
    const [first, second, third] = [record(pool.allocate()), record(pool.allocate()), record(pool.allocate())];
    expect(third.error).toBeInstanceOf(QueueFullError);
    clock.advance(100);
    expect(first.error).toBeInstanceOf(AcquireTimeoutError);
    expect(second.error).toBeInstanceOf(AcquireTimeoutError);
    const waits = record(pool.allocate());
    void pool.close();
    expect(waits.error).toBeInstanceOf(PoolClosedError);
    expect(record(pool.allocate()).error).toBeInstanceOf(PoolClosedError);
  });

  it('with retry and a backoff pulls until there is a socket', () => {
    const { pool, clock, transport } = handLab({
      ...SHARED,
      failFast: true,
      retry: { delay: 100 },
      random: FULL_DELAY,
    });
    transport.onOpen = (attempt) => {
      if (clock.now() < 1_002_000) attempt.refuse();
      else attempt.accept();
    };
    const delays: number[] = [];
    const backoff = exponentialBackoff({ initial: 100, random: FULL_DELAY });
    const pulled = record(
      pool.allocate().pipe(
        retry({
          count: 20,
          delay: (error: unknown, count) => {
            expect(error).toBeInstanceOf(UnavailableError);
            delays.push(count);
            return new Observable<void>((again) => {
              clock.set(clock.now() + backoff.duration(count), () => again.next());
            });
          },
        }),
      ),
    );
    expect(pulled.isOver).toBe(false);
    clock.advance(30_000);
    expect(pulled.values).toHaveLength(1);
    expect(pulled.completed).toBe(true);
    expect(delays.length).toBeGreaterThan(1);
  });
});
