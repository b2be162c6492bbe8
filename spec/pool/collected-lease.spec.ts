import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PoolConfig, PoolEvent } from '../../src/index.js';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { afterPromises, borrowNow, instantLab, record, type FakeLease, type FakePool, type Lab } from './pool-lab.js';

/** After the first look at all connections. */
const LOOK = 30_000;

type Leaked = Extract<PoolEvent, { type: 'leaked' }>;

function watched(config: PoolConfig<FakeSocket> = {}): Lab & { readonly leaks: Leaked[] } {
  const lab = instantLab({ max: 1, ...config });
  const leaks: Leaked[] = [];
  lab.pool.events$.subscribe((event) => {
    if (event.type === 'leaked') leaks.push(event);
  });
  return { ...lab, leaks };
}

/** Borrows, and forgets the lease; its socket. In a function of its own, so that nothing of it is left on the stack. */
function forget(pool: FakePool, label?: string): FakeSocket {
  let socket: FakeSocket | undefined;
  pool.borrow(label === undefined ? {} : { label }).subscribe((lease) => {
    socket = lease.socket;
  });
  return socket!;
}

/** Collects garbage; finalizers run in a later turn of the event loop. */
async function collect(): Promise<void> {
  await collectGarbage();
  await afterPromises();
  await afterPromises();
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a lease that is garbage collected without a release', () => {
  it('is reported, its socket destroyed and its slot free again', async () => {
    const { pool, clock, leaks, transport } = watched();
    const socket = forget(pool, 'forgetful');
    clock.advance(LOOK);
    await collect();
    expect(leaks).toEqual([
      {
        ...{ type: 'leaked', reason: 'collected', label: 'forgetful', held: LOOK },
        ...{ endpoint: 'fake:1', slot: 0, at: clock.now() },
      },
    ]);
    expect(socket.closed).toBe(true);
    expect(transport.closes.map(({ force }) => force)).toEqual([true]);
    expect(pool.stats).toMatchObject({ leases: 0, lent: 0, owned: 0, destroyed: 1, borrowed: 1 });
    expect(borrowNow(pool).socket).not.toBe(socket);
  });

  it('is noticed on a connection that others have given back since', async () => {
    const { pool, clock, leaks } = watched({ concurrency: 3 });
    forget(pool);
    borrowNow(pool).release();
    clock.advance(LOOK);
    await collect();
    expect(leaks).toMatchObject([{ reason: 'collected' }]);
    expect(pool.stats).toMatchObject({ leases: 0, owned: 0 });
  });

  it('serves whoever waits for its slot', async () => {
    const { pool, clock } = watched({ acquireTimeout: Infinity });
    forget(pool);
    const waits = record(pool.borrow());
    clock.advance(LOOK);
    await collect();
    expect(waits.values).toHaveLength(1);
  });

  it('tells the close with its reason', async () => {
    const { pool, clock } = watched();
    const reasons: unknown[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'closed') reasons.push(event.reason);
    });
    forget(pool);
    clock.advance(LOOK);
    await collect();
    expect(reasons).toEqual(['leaked']);
  });

  it('tells with `leakAfter` where it was borrowed', async () => {
    const { pool, clock, leaks } = watched({ leakAfter: 1_000 });
    forget(pool);
    clock.advance(LOOK);
    await collect();
    const stack = expect.stringContaining('forget') as unknown;
    expect(leaks).toMatchObject([
      { reason: 'held', held: 1_000, stack },
      { reason: 'collected', held: LOOK, stack },
    ]);
  });

  it.each<[string, (pool: FakePool) => unknown]>([
    ['available$', (pool) => pool.available$.subscribe()],
    ['acquire', (pool) => void pool.acquire()],
    ['tryBorrow', (pool) => void pool.tryBorrow()],
  ])('is noticed whatever way it was borrowed: %s', async (_face, ask) => {
    const { pool, clock, leaks } = watched({ min: 1 });
    await pool.ready();
    ask(pool);
    expect(pool.stats.lent).toBe(1);
    clock.advance(LOOK);
    await collect();
    expect(leaks).toMatchObject([{ reason: 'collected' }]);
  });

  it('of several on one connection lets the others finish', async () => {
    const { pool, clock, leaks } = watched({ concurrency: 3 });
    const kept = borrowNow(pool);
    const socket = forget(pool, 'forgetful');
    clock.advance(LOOK);
    await collect();
    expect(leaks).toMatchObject([{ reason: 'collected', label: 'forgetful' }]);
    expect(kept.isOver).toBe(false);
    expect(socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ leases: 1, lent: 1 });
    kept.release();
    expect(socket.closed).toBe(true);
  });

  it('is noticed also if it followed another one at once, with no end to the wait', async () => {
    const { pool, clock, leaks } = watched({ acquireTimeout: Infinity });
    const first = borrowNow(pool);
    clock.advance(LOOK + 1_000);
    pool.borrow().subscribe();
    first.release();
    clock.advance(10 * LOOK);
    await collect();
    expect(leaks).toMatchObject([{ reason: 'collected' }]);
  });

  it('is noticed also later, on a connection that was lent and idle before', async () => {
    const { pool, clock, leaks } = watched({ min: 1 });
    for (let i = 0; i < 5; i++) {
      const lease = borrowNow(pool);
      clock.advance(LOOK / 3);
      lease.release();
      clock.advance(LOOK / 3);
    }
    forget(pool);
    clock.advance(2 * LOOK);
    await collect();
    expect(leaks).toMatchObject([{ reason: 'collected' }]);
  });
});

describe('a lease that is collected after its end', () => {
  function borrowAndEnd(pool: FakePool, clock: Lab['clock'], end: (lease: FakeLease) => unknown): void {
    const lease = borrowNow(pool);
    clock.advance(LOOK);
    end(lease);
  }

  it.each<[string, (lease: FakeLease) => unknown]>([
    ['release', (lease) => lease.release()],
    ['destroy', (lease) => lease.destroy()],
    ['detach', (lease) => lease.detach()],
  ])('by %s is not reported, and harms nobody', async (_end, end) => {
    const { pool, clock, leaks } = watched({ min: 1 });
    borrowAndEnd(pool, clock, end);
    clock.advance(1);
    const next = borrowNow(pool);
    clock.advance(LOOK);
    await collect();
    expect(leaks).toEqual([]);
    expect(next.isOver).toBe(false);
    expect(next.socket.closed).toBe(false);
  });

  it('is not reported where its connection is lent with a label, either', async () => {
    const { pool, clock, leaks } = watched({ min: 1 });
    borrowAndEnd(pool, clock, (lease) => lease.release());
    const next = record(pool.borrow({ label: 'next' })).only;
    clock.advance(LOOK);
    await collect();
    expect(leaks).toEqual([]);
    expect(next.isOver).toBe(false);
  });
});

describe('the watch over leases', () => {
  it('costs short loans nothing', () => {
    const register = vi.spyOn(FinalizationRegistry.prototype, 'register');
    const { pool, clock } = watched({ max: 3 });
    for (let i = 0; i < 200; i++) {
      const [one, other] = [borrowNow(pool), borrowNow(pool)];
      clock.advance(5);
      one.release();
      other.release();
      clock.advance(5);
    }
    expect(clock.now()).toBeLessThan(1_000_000 + LOOK);
    expect(register).not.toHaveBeenCalled();
  });

  it('begins with the first look, once for each lease', () => {
    const register = vi.spyOn(FinalizationRegistry.prototype, 'register');
    const { pool, clock } = watched({ max: 3 });
    const leases = [borrowNow(pool), borrowNow(pool)];
    clock.advance(LOOK - 1);
    expect(register).not.toHaveBeenCalled();
    clock.advance(1);
    expect(register.mock.calls.map(([lease]) => lease)).toEqual(leases);
    clock.advance(10 * LOOK);
    expect(register).toHaveBeenCalledTimes(2);
  });

  it('does not keep the lease, nor does anything else in the pool', async () => {
    const { pool, clock } = watched();
    const lease = (): WeakRef<FakeLease> => new WeakRef(borrowNow(pool));
    const kept = lease();
    await collect();
    expect(kept.deref()).toBeDefined();
    clock.advance(LOOK);
    await collect();
    expect(kept.deref()).toBeUndefined();
  });
});

it('a lease whose connection is closed at the end of a long loan is collected', async () => {
  const { pool, clock } = instantLab();
  const released = ((): WeakRef<object> => {
    const lease = borrowNow(pool);
    clock.advance(31_000);
    pool.retire();
    lease.release();
    return new WeakRef(lease);
  })();
  expect(pool.stats.owned).toBe(0);
  await collectGarbage();
  await collectGarbage();
  expect(released.deref()).toBeUndefined();
});
