import { map, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, PoolClosedError, transport, type Lease } from '../../src/index.js';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import {
  afterPromises,
  borrowNow,
  handLab,
  inMarbles,
  instantLab,
  record,
  stockIdle,
  type FakeLease,
} from './pool-lab.js';

describe('available$ with take(1)', () => {
  it('dials at the subscribe, borrows once and completes', () => {
    inMarbles(({ cold, expectObservable, expectSubscriptions }, clock) => {
      const socket = cold('--s');
      const pool = createPool(
        transport(() => socket),
        { clock },
      );
      const sockets = pool.available$.pipe(
        take(1),
        map((lease) => lease.socket),
      );
      expectObservable(sockets, '--^').toBe('----(s|)');
      expectSubscriptions(socket.subscriptions).toBe('--^');
    });
  });

  it('takes one idle connection and leaves the others', () => {
    const { pool } = instantLab();
    stockIdle(pool, 2);
    const once = record(pool.available$.pipe(take(1)));
    once.only.release();
    expect(once.completed).toBe(true);
    expect(pool.stats).toMatchObject({ idle: 2, lent: 0, waiting: 0, borrowed: 3 });
  });

  it('gives each subscriber a socket of its own', () => {
    const { pool } = instantLab();
    const first = record(pool.available$.pipe(take(1))).only;
    const second = record(pool.available$.pipe(take(1))).only;
    expect(first.socket).not.toBe(second.socket);
  });

  it('leaves the queue at once when it is unsubscribed', () => {
    const { pool, transport: network } = handLab();
    const waiter = record(pool.available$);
    expect(pool.stats.waiting).toBe(1);
    waiter.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ waiting: 0, cancelled: 1 });
    network.last.accept();
    expect(waiter.values).toEqual([]);
  });

  it('leaves a granted lease with its borrower when it is unsubscribed', () => {
    const { pool } = instantLab();
    const waiter = record(pool.available$);
    waiter.subscription.unsubscribe();
    expect(waiter.only.socket.closed).toBe(false);
    expect(pool.stats.lent).toBe(1);
  });
});

describe('a worker on available$', () => {
  it('is served again at the end of each lease, in whatever way that ended', () => {
    const { pool, clock } = instantLab();
    const worker = record(pool.available$);
    const endings: ((lease: FakeLease) => void)[] = [
      (lease) => lease.release(),
      (lease) => lease.destroy(),
      (lease) => lease.detach(),
      (lease) => lease.unsubscribe(),
    ];
    for (const [i, end] of endings.entries()) {
      expect(worker.values).toHaveLength(i + 1);
      end(worker.values[i]!);
      clock.advance(1);
    }
    expect(worker.values).toHaveLength(endings.length + 1);
    expect(pool.stats.lent).toBe(1);
  });

  it('is served again after the loss of its connection', () => {
    const { pool, transport: network, clock } = instantLab({ retry: { delay: 10 } });
    const worker = record(pool.available$);
    network.last.lose();
    clock.advance(10);
    expect(worker.values).toHaveLength(2);
    expect(worker.failed).toBe(false);
  });

  it('holds one socket at a time', () => {
    const { pool, clock } = instantLab();
    const worker = record(pool.available$);
    clock.advance(1_000);
    expect(worker.values).toHaveLength(1);
    expect(pool.stats).toMatchObject({ lent: 1, waiting: 0 });
  });

  it('asks no more once it is unsubscribed, also between two leases', () => {
    const { pool, clock } = instantLab();
    const worker = record(pool.available$.pipe(tap((lease) => lease.release())));
    worker.subscription.unsubscribe();
    clock.advance(1_000);
    expect(worker.values).toHaveLength(1);
    expect(pool.stats).toMatchObject({ lent: 0, waiting: 0 });
  });

  it('lets the event loop turn between leases that it releases at once', () => {
    const { pool, clock } = instantLab({ max: 1 });
    let served = 0;
    pool.available$.subscribe((lease) => {
      served++;
      lease.release();
    });
    expect(served).toBe(1);
    clock.turn();
    expect(served).toBe(2);
    clock.turn();
    expect(served).toBe(3);
  });

  it('lets the event loop turn between leases that it releases in a microtask', async () => {
    const { pool, clock } = instantLab({ max: 1 });
    let served = 0;
    pool.available$.pipe(take(1_000)).subscribe((lease) => {
      served++;
      queueMicrotask(() => lease.release());
    });
    await afterPromises();
    expect(served).toBe(1);
    clock.turn();
    await afterPromises();
    expect(served).toBe(2);
  });

  it.each(['at once', 'in a microtask', 'in a later turn'])(
    'takes turns with other workers on one connection where all release %s',
    async (when) => {
      const { pool, clock } = instantLab({ max: 1 });
      const served: string[] = [];
      const release = async (lease: Lease<FakeSocket>): Promise<void> => {
        if (when === 'at once') lease.release();
        else if (when === 'in a later turn') clock.defer(() => lease.release());
        else {
          await Promise.resolve();
          lease.release();
        }
      };
      const workers = ['a', 'b', 'c'].map((name) =>
        pool.available$.pipe(take(20)).subscribe((lease) => {
          served.push(name);
          void release(lease);
        }),
      );
      for (let turn = 0; turn < 200; turn++) {
        await Promise.resolve();
        clock.turn();
      }
      expect(served).toHaveLength(60);
      const share = (name: string): number => served.slice(0, 30).filter((one) => one === name).length;
      expect(['a', 'b', 'c'].map(share)).toEqual([10, 10, 10]);
      for (const worker of workers) worker.unsubscribe();
    },
  );

  it('serves a single borrower although a worker releases at once, for ever', () => {
    const { pool, clock } = instantLab({ max: 1 });
    const held = borrowNow(pool);
    const worker = pool.available$.subscribe((lease) => lease.release());
    const other = record(pool.borrow());
    held.release();
    clock.turn();
    expect(other.values).toHaveLength(1);
    worker.unsubscribe();
  });

  it('completes at the close if it has been served before', async () => {
    const { pool, clock } = instantLab({ max: 1 });
    const worker = record(pool.available$);
    const other = record(pool.available$);
    const closed = pool.close();
    // Its lease is its own to the end; only then does it ask again and learn that it is over.
    expect(worker.isOver).toBe(false);
    worker.only.release();
    await closed;
    clock.turn();
    expect(worker).toMatchObject({ completed: true, failed: false });
    expect(other).toMatchObject({ completed: false, failed: true });
  });

  it('completes when the pool closes while it waits for a further lease', () => {
    const { pool, clock } = instantLab({ max: 1 });
    const worker = record(pool.available$);
    const rival = record(pool.borrow());
    worker.only.release();
    clock.advance(1);
    expect(rival.values).toHaveLength(1);
    expect(pool.stats.waiting).toBe(1);
    void pool.close({ borrowed: 'destroy' });
    expect(worker).toMatchObject({ completed: true, failed: false });
  });

  it('errors with PoolClosedError at the close if it has not been served, and after the close', () => {
    const { pool } = handLab();
    const before = record(pool.available$);
    void pool.close();
    expect(before.error).toBeInstanceOf(PoolClosedError);
    expect(record(pool.available$).error).toBeInstanceOf(PoolClosedError);
  });

  it('errors when it has waited for longer than acquireTimeout', () => {
    const { pool, clock } = handLab({ acquireTimeout: 50 });
    const worker = record(pool.available$);
    clock.advance(50);
    expect(worker.error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
  });
});
