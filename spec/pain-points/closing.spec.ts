import { NEVER, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, fromFactory, PoolClosedError, type Lease, type Pool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { record, reportOf, type Recording } from '../pool/pool-lab.js';
import { createWorld, useOnce } from './world.js';

describe('pain points of other pools', () => {
  it('6: an idle pool that nobody closes keeps the process alive', () => {
    const { clock, network, pool } = createWorld({ min: 2, idleTimeout: Infinity });
    useOnce({ pool, clock });
    const alive = (): boolean[] => [clock.keepsAlive, [...network.sockets].some((socket) => socket.hasRef())];
    expect(pool.stats.idle).toBe(2);
    expect(alive()).toEqual([false, false]);
    clock.advance(3_600_000);
    expect(alive()).toEqual([false, false]);
  });

  it('6: or a borrower that waits does not', () => {
    const { clock, pool } = createWorld({ max: 1 }, { accept: () => 'ignore' });
    record(pool.borrow({ timeout: 100 }));
    clock.advance(50);
    expect(clock.keepsAlive).toBe(true);
    clock.advance(50);
    expect(clock.keepsAlive).toBe(false);
  });

  it('12: closing hangs for ever while somebody has not given back', async () => {
    const { clock, network, pool } = createWorld({ max: 2 });
    const forgotten = record(pool.borrow());
    clock.advance(10);
    useOnce({ pool, clock });
    const lost = record(forgotten.only.lost$);
    const report = pool.close();
    await clock.advanceAsync(9_999);
    expect(await reportOf(report)).toBe('pending');
    await clock.advanceAsync(1);
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 1, left: 0 });
    expect(lost.only.cause).toBeInstanceOf(PoolClosedError);
    // The server has yet to hear of it.
    await clock.advanceAsync(10);
    expect([network.sockets.size, clock.pending]).toEqual([0, 0]);
  });

  it.each<[string, () => unknown]>([
    ['hangs', async () => new Promise(() => {})],
    ['rejects', async () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('12: or while a destroy %s', async (_name, destroy) => {
    const clock = new VirtualClock();
    const pool = createPool(fromFactory({ create: () => ({}), destroy }), { clock, min: 2, hookTimeout: 1_000 });
    await clock.advanceAsync(10);
    expect(pool.stats.idle).toBe(2);
    const report = pool.close();
    await clock.advanceAsync(2_000);
    expect(await reportOf(report)).toEqual({ closed: 2, destroyed: 0, left: 0 });
  });

  it.each([
    ['prepare', { prepare: () => NEVER }],
    ['validate', { validate: () => NEVER, validateAfter: 0 }],
    ['clean', { clean: () => NEVER }],
  ])('12: or while %s hangs', async (_name, hook) => {
    const { clock, network, pool } = createWorld({ max: 1, hookTimeout: Infinity, ...hook });
    for (let i = 0; i < 2; i++) {
      pool.borrow().subscribe({ next: (lease) => lease.release(), error: () => {} });
      await clock.advanceAsync(10);
    }
    const report = pool.close();
    await clock.advanceAsync(10);
    expect(await reportOf(report)).not.toBe('pending');
    expect(network.sockets.size).toBe(0);
  });

  it('13: closing is done before everything has closed', async () => {
    const { clock, lab, network, pool } = createWorld({ max: 3 });
    // A server that leaves what it gets unread does not hear of the end either.
    network.listen('deaf:1');
    const deaf = lab.pool('deaf:1', { min: 2 });
    const leases = [1, 2, 3].map(() => record(pool.borrow()));
    clock.advance(10);
    for (const socket of network.sockets) socket.write('hello');
    clock.advance(10);
    leases[0]!.only.release();
    leases[1]!.only.destroy();
    const left: number[] = [];
    for (const one of [pool, deaf]) void one.close().then(() => left.push(network.sockets.size));
    await clock.advanceAsync(10);
    leases[2]!.only.release();
    await clock.advanceAsync(500);
    expect([left, network.sockets.size]).toEqual([[2], 2]);
    await clock.advanceAsync(500);
    expect(left).toEqual([2, 0]);
  });

  it('13: nor before every resource has been destroyed', async () => {
    const clock = new VirtualClock();
    let destroyed = 0;
    const destroy = async (): Promise<void> =>
      new Promise((resolve) => {
        clock.set(clock.now() + 100, () => {
          destroyed++;
          resolve();
        });
      });
    const pool = createPool(fromFactory({ create: () => ({}), destroy }), { clock, min: 3 });
    await clock.advanceAsync(10);
    const report = pool.close();
    await clock.advanceAsync(99);
    expect([await reportOf(report), destroyed]).toEqual(['pending', 0]);
    await clock.advanceAsync(1);
    expect([await reportOf(report), destroyed]).toEqual([{ closed: 3, destroyed: 0, left: 0 }, 3]);
  });

  it('14: a borrow after the close hangs, or opens the pool again', async () => {
    let dialled = 0;
    const accept = (): 'accept' => {
      dialled++;
      return 'accept';
    };
    const { clock, network, server, pool } = createWorld({ min: 2 }, { accept, acceptDelay: 50 });
    const waiting = record(pool.borrow());
    await clock.advanceAsync(10);
    const report = pool.close();
    expect(waiting.error).toBeInstanceOf(PoolClosedError);
    await clock.advanceAsync(0);
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 0 });
    const before = dialled;
    for (const told of [record(pool.borrow()), record(pool.available$), record(pool.use(() => []))]) {
      expect(told.error).toBeInstanceOf(PoolClosedError);
    }
    expect(pool.tryBorrow()).toBeUndefined();
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
    await expect(pool.ready(1)).rejects.toBeInstanceOf(PoolClosedError);
    await clock.advanceAsync(60_000);
    expect([dialled, network.sockets.size, server.sockets.size]).toEqual([before, 0, 0]);
    expect([pool.status.state, clock.pending]).toEqual(['closed', 0]);
  });

  it('23: there are more connections than max, while some connect or close', async () => {
    const clock = new VirtualClock();
    const inMs = async (ms: number): Promise<void> => new Promise((resolve) => clock.set(clock.now() + ms, resolve));
    let alive = 0;
    let most = 0;
    const factory = fromFactory({
      async create() {
        most = Math.max(most, ++alive);
        await inMs(20);
        return {};
      },
      async destroy() {
        await inMs(50);
        alive--;
      },
    });
    const pool = createPool(factory, { clock, max: 5, idleTimeout: 10 });
    const users = Array.from({ length: 60 }, (_, i) => useAndEnd(pool, i));
    await clock.advanceAsync(5_000);
    expect(users.map(({ values }) => values.length)).toEqual(users.map(() => 1));
    expect([most, alive, pool.stats.owned]).toEqual([5, 0, 0]);
  });

  it('23: of sockets, too, under losses', () => {
    const { clock, network, server, pool } = createWorld({ max: 5, maxConnecting: 10 }, { acceptDelay: 20 });
    let most = 0;
    for (let i = 0; i < 300; i++) {
      useAndEnd(pool, i);
      if (i % 10 === 0) [...server.sockets][0]?.end();
      clock.advance(1);
      most = Math.max(most, network.sockets.size);
      expect(pool.stats.owned).toBe(network.sockets.size);
    }
    expect(most).toBe(5);
  });
});

/** Borrows, and ends the loan at once, in one way or the other. */
function useAndEnd<S, D>(pool: Pool<S, D>, i: number): Recording<Lease<S, D>> {
  return record(pool.borrow().pipe(tap((lease) => (i % 2 === 0 ? lease.destroy() : lease.release()))));
}
