import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { budget, createPool, endpoint } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, handLab, instantLab, record, type FakeLease } from './pool-lab.js';

describe('what the simulation has found', () => {
  it('a worker gets each lease in the context it subscribed in', () => {
    const storage = new AsyncLocalStorage<string>();
    const { pool, clock } = instantLab({ max: 1, asyncContext: () => AsyncLocalStorage.snapshot() });
    const seen: (string | undefined)[] = [];
    const leases: FakeLease[] = [];
    const taken = borrowNow(pool);
    storage.run('worker', () => {
      pool.available$.subscribe((lease) => {
        seen.push(storage.getStore());
        leases.push(lease);
      });
    });
    const other = record(pool.borrow());
    taken.release();
    // From outside: the worker's lease ends, somebody else waits, so it has to wait again.
    clock.advance(5);
    leases[0]!.release();
    other.only.release();
    clock.advance(5);
    expect(seen).toEqual(['worker', 'worker']);
  });

  it('what several have when the pool leaves it to them stays open until the last has ended', () => {
    const { pool, transport } = instantLab({ max: 1, concurrency: 2 });
    const [a, b] = borrowMany(pool, 2);
    void pool.close({ borrowed: 'leave' });
    a!.release();
    expect(transport.opens[0]!.socket!.closed).toBe(false);
    expect(b!.isOver).toBe(false);
  });

  it('what is allocated after a wait is not being cleaned or closed', () => {
    const { pool, transport } = handLab({ max: 1, concurrency: Infinity, clean: () => false });
    const allocation = record(pool.allocate());
    transport.last.accept();
    expect(allocation.only.closed).toBe(false);
  });

  it('with failFast a waiter hears that a shared endpoint has gone down while its pool waits for a permit', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    const shared = endpoint(transport, { clock });
    const sockets = budget({ limit: 1 });
    const config = { clock, budget: sockets };
    const one = createPool(shared, { ...config, name: 'one' });
    const two = createPool(shared, { ...config, name: 'two', failFast: true });
    const lease = record(one.borrow());
    transport.last.accept();
    sockets.reserve().subscribe();
    const waiter = record(two.borrow());
    expect(lease.only.socket).toBeDefined();
    transport.last.lose(new Error('down'));
    clock.advance(1);
    expect(waiter.isOver).toBe(true);
  });

  it('a waiter hears that a shared endpoint has given up while its pool waits for a permit', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    const shared = endpoint(transport, { clock, retry: { count: 0 } });
    const sockets = budget({ limit: 1 });
    const config = { clock, budget: sockets, acquireTimeout: Infinity };
    const one = createPool(shared, { ...config, name: 'one' });
    const two = createPool(shared, { ...config, name: 'two' });
    record(one.borrow());
    sockets.reserve().subscribe();
    const waiter = record(two.borrow());
    transport.last.refuse(new Error('down'));
    clock.advance(1);
    expect(waiter.isOver).toBe(true);
  });

  it('a connection that several have is not lent more often than maxUses', () => {
    const { pool } = instantLab({ max: 2, concurrency: 2, maxUses: 2 });
    const [a, b] = borrowMany(pool, 2);
    a!.release();
    const c = borrowNow(pool);
    expect(c.socket).not.toBe(b!.socket);
  });

  it('with failFast nobody waits for an endpoint that is down where there is no room', () => {
    const down = fakeTransport('down:1');
    const up = fakeTransport('up:1');
    down.onOpen = (attempt) => attempt.refuse();
    up.onOpen = (attempt) => attempt.accept();
    const clock = new VirtualClock();
    const pool = createPool([up, down], { clock, max: 2, failFast: true });
    record(pool.borrow({ endpoint: 'down:1' }));
    record(pool.borrow({ endpoint: 'up:1' }));
    record(pool.borrow({ endpoint: 'up:1' }));
    clock.advance(1);
    expect(pool.stats.lent).toBe(2);
    const waiter = record(pool.borrow({ endpoint: 'down:1' }));
    expect(waiter.failed).toBe(true);
  });

  it('a lost lease cannot be told that others have its socket', () => {
    const { pool, transport, clock } = instantLab({ max: 1, concurrency: 2, acquireTimeout: Infinity });
    const lost = borrowNow(pool);
    transport.last.lose();
    const others = [record(pool.borrow()), record(pool.borrow())];
    clock.advance(60_000);
    expect(others.every(({ completed }) => completed)).toBe(true);
    expect(() => lost.detach()).not.toThrow();
  });
});
