import { map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { createPool, transport } from '../../src/index.js';
import { borrowNow, handLab, inMarbles, instantLab, record, stockIdle } from './pool-lab.js';

/** How many listeners the signal has, now and at most. */
function countListeners(signal: AbortSignal): { now: number; most: number } {
  const count = { now: 0, most: 0 };
  const listeners = new Set<unknown>();
  const update = (): void => {
    count.now = listeners.size;
    count.most = Math.max(count.most, count.now);
  };
  vi.spyOn(signal, 'addEventListener').mockImplementation((_type, listener) => {
    listeners.add(listener);
    update();
  });
  vi.spyOn(signal, 'removeEventListener').mockImplementation((_type, listener) => {
    listeners.delete(listener);
    update();
  });
  return count;
}

describe('borrow()', () => {
  it('dials when it is subscribed, not before, and completes behind its lease', () => {
    inMarbles(({ cold, expectObservable, expectSubscriptions }, clock) => {
      const socket = cold('--s');
      const pool = createPool(
        transport(() => socket),
        { clock },
      );
      expectObservable(pool.borrow().pipe(map((lease) => lease.socket)), '---^---').toBe('-----(s|)');
      expectSubscriptions(socket.subscriptions).toBe('---^');
    });
  });

  it('serves each subscription of one Observable with a lease of its own', () => {
    const { pool } = instantLab();
    const borrow = pool.borrow();
    const first = record(borrow).only;
    const second = record(borrow).only;
    expect(first.socket).not.toBe(second.socket);
  });

  it('lends an idle connection within the subscribe and dials nothing', () => {
    const { pool, transport: network } = instantLab();
    const [socket] = stockIdle(pool, 1);
    expect(record(pool.borrow()).only.socket).toBe(socket);
    expect(network.opens).toHaveLength(1);
  });

  it('gives a released connection to those who wait, first come first served', () => {
    const { pool } = instantLab({ max: 1 });
    const order: string[] = [];
    const lease = borrowNow(pool);
    for (const name of ['first', 'second', 'third']) {
      pool.borrow().subscribe({
        next: (one) => {
          order.push(name);
          one.release();
        },
      });
    }
    expect(order).toEqual([]);
    lease.release();
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('skips those who have left the middle of the queue', () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const waiters = Array.from({ length: 5 }, () => record(pool.borrow()));
    waiters[1]!.subscription.unsubscribe();
    waiters[3]!.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ waiting: 3, cancelled: 2 });

    lease.release();
    for (const at of [0, 2, 4]) waiters[at]!.only.release();
    expect(waiters.map(({ values }) => values.length)).toEqual([1, 0, 1, 0, 1]);
  });

  it('leaves the queue when it is unsubscribed, and its connect goes on for whoever comes next', () => {
    const { pool, transport: network } = handLab();
    const waiter = record(pool.borrow());
    waiter.subscription.unsubscribe();
    expect(network.last.unsubscribed).toBe(false);

    network.last.accept();
    expect(waiter.values).toEqual([]);
    expect(pool.stats).toMatchObject({ idle: 1, waiting: 0 });
    borrowNow(pool);
    expect(network.opens).toHaveLength(1);
  });

  it('keeps the lease when it is unsubscribed after the grant', () => {
    const { pool } = instantLab();
    const granted = record(pool.borrow());
    granted.subscription.unsubscribe();
    expect(granted.only.socket.closed).toBe(false);
    expect(pool.stats.lent).toBe(1);
  });

  it('waits no longer than its own timeout, whatever the pool would allow', () => {
    inMarbles(({ expectObservable, cold }, clock) => {
      const pool = createPool(
        transport(() => cold('-')),
        { clock, acquireTimeout: 2 },
      );
      const timedOut: unknown = expect.objectContaining({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
      expectObservable(pool.borrow({ timeout: 5 }), '-^').toBe('------#', {}, timedOut);
      expectObservable(pool.borrow({ timeout: 1 }), '-^').toBe('--#', {}, timedOut);
      expectObservable(pool.borrow(), '-^').toBe('---#', {}, timedOut);
    });
  });

  it.each<[Record<string, unknown>, new () => Error, string]>([
    [{ timeout: -1 }, RangeError, 'borrow: timeout must be a number from 0 to Infinity, got -1'],
    [{ timeout: '5' }, TypeError, 'borrow: timeout must be a number from 0 to Infinity, got "5"'],
    [{ signal: 1 }, TypeError, 'borrow: signal must be an object, got 1'],
    [{ timeOut: 1 }, TypeError, 'borrow: unknown option timeOut; known are timeout, signal'],
  ])('refuses %j at the call, naming option, value and range', (config, type, message) => {
    const { pool } = instantLab();
    const call = (): unknown => pool.borrow(config);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

describe('the signal of a borrow', () => {
  it('fails the borrow with its reason where it has aborted before, even while a connection is idle', () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    const reason = new Error('too late');
    const refused = record(pool.borrow({ signal: AbortSignal.abort(reason) }));
    expect(refused.error).toBe(reason);
    expect(pool.stats.idle).toBe(1);
  });

  it('takes the borrower out of the queue and fails it with the reason', () => {
    const { pool, transport: network } = handLab();
    const controller = new AbortController();
    const waiter = record(pool.borrow({ signal: controller.signal }));
    const reason = new Error('changed my mind');
    controller.abort(reason);
    expect(waiter.error).toBe(reason);
    expect(pool.stats).toMatchObject({ waiting: 0, cancelled: 1 });
    network.last.accept();
    expect(pool.stats).toMatchObject({ idle: 1, lent: 0 });
  });

  it('has no more effect once there is a lease', () => {
    const { pool, transport: network } = handLab();
    const controller = new AbortController();
    const waiter = record(pool.borrow({ signal: controller.signal }));
    const socket = network.last.accept();
    controller.abort();
    expect(waiter.failed).toBe(false);
    expect(waiter.only.socket).toBe(socket);
    expect(pool.stats.lent).toBe(1);
  });

  it('is listened to once, however many borrows share it, and not at all after them', () => {
    const { pool, transport: network } = handLab();
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    const waiters = Array.from({ length: 5 }, () => record(pool.borrow({ signal })));
    expect(listeners).toEqual({ now: 1, most: 1 });

    waiters[0]!.subscription.unsubscribe();
    for (const attempt of network.opens) attempt.accept();
    waiters[1]!.only.release();
    expect(pool.stats.waiting).toBe(0);
    expect(listeners).toEqual({ now: 0, most: 1 });
  });

  it('is listened to once also where a grant borrows again with it', () => {
    const { pool, transport: network } = handLab({ max: 1 });
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    pool.borrow({ signal }).subscribe(() => {
      pool.borrow({ signal }).subscribe();
    });
    network.last.accept();
    pool.borrow({ signal }).subscribe();
    expect(pool.stats).toMatchObject({ lent: 1, waiting: 2 });
    expect(listeners).toEqual({ now: 1, most: 1 });
  });

  it('fails all borrows that share it', () => {
    const { pool } = handLab();
    const controller = new AbortController();
    const waiters = Array.from({ length: 3 }, () => record(pool.borrow({ signal: controller.signal })));
    controller.abort('all of you');
    expect(waiters.map(({ error }) => error)).toEqual(['all of you', 'all of you', 'all of you']);
  });
});
