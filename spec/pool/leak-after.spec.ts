import { map, retry, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { borrowMany, borrowNow, handLab, instantLab, record, type FakeLease, type FakePool } from './pool-lab.js';

type Leaked = Extract<PoolEvent, { type: 'leaked' }>;

function leaksOf(pool: FakePool): Leaked[] {
  const leaks: Leaked[] = [];
  pool.events$.subscribe((event) => {
    if (event.type === 'leaked') leaks.push(event);
  });
  return leaks;
}

const HERE = 'leak-after.spec';

describe('leakAfter', () => {
  it('reports a lease that is held for so long, once, with its label, age and the stack of its borrow', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000 });
    const leaks = leaksOf(pool);
    const [lease] = [record(pool.borrow({ label: 'nightly' })).only];
    clock.advance(999);
    expect(leaks).toEqual([]);
    clock.advance(1);
    expect(leaks).toHaveLength(1);
    const stack = expect.stringContaining(HERE) as unknown;
    expect(leaks[0]).toEqual({
      ...{ type: 'leaked', reason: 'held', label: 'nightly', held: 1_000, stack },
      ...{ endpoint: 'fake:1', slot: 0, at: clock.now() },
    });
    clock.advance(100_000);
    expect(leaks).toHaveLength(1);
    expect(lease.isOver).toBe(false);
    lease.release();
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('reports nothing of those that are given back in time, whatever way', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000 });
    const leaks = leaksOf(pool);
    const [released, destroyed, detached, lost] = borrowMany(pool, 4) as [FakeLease, FakeLease, FakeLease, FakeLease];
    clock.advance(999);
    released.release();
    destroyed.destroy();
    detached.detach();
    expect(lost.isOver).toBe(false);
    lost.destroy(undefined, { now: true });
    clock.advance(100_000);
    expect(leaks).toEqual([]);
  });

  it('counts from the grant, not from the borrow', () => {
    const { pool, clock, transport } = handLab({ leakAfter: 1_000 });
    const leaks = leaksOf(pool);
    const waits = record(pool.borrow());
    clock.advance(5_000);
    transport.last.accept();
    expect(waits.values).toHaveLength(1);
    clock.advance(999);
    expect(leaks).toEqual([]);
    clock.advance(1);
    expect(leaks).toMatchObject([{ held: 1_000 }]);
  });

  it('reports each of several, each in its time', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000, max: 3 });
    const leaks = leaksOf(pool);
    const first = borrowNow(pool);
    for (const label of ['b', 'c']) {
      clock.advance(300);
      record(pool.borrow({ label }));
    }
    clock.advance(300);
    first.release();
    clock.advance(400);
    expect(leaks.map(({ label, held, slot }) => ({ label, held, slot }))).toEqual([
      { label: 'b', held: 1_000, slot: 1 },
    ]);
    clock.advance(300);
    expect(leaks.map(({ label }) => label)).toEqual(['b', 'c']);
  });

  it('reports each lease of a shared connection', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000, max: 1, concurrency: 3 });
    const leaks = leaksOf(pool);
    const [first] = borrowMany(pool, 2);
    clock.advance(500);
    record(pool.borrow({ label: 'late' }));
    first!.release();
    clock.advance(500);
    expect(leaks).toMatchObject([{ held: 1_000, slot: 0 }]);
    clock.advance(500);
    expect(leaks).toMatchObject([{}, { held: 1_000, label: 'late' }]);
  });

  it('keeps no process alive', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000 });
    record(pool.borrow());
    expect(clock.keepsAlive).toBe(false);
  });

  it.each([0, NaN, '5'])('of %s is refused by name', (leakAfter) => {
    expect(() => instantLab({ leakAfter: leakAfter as number })).toThrow(/leakAfter/);
  });

  it('is off by default, and then makes no stack', () => {
    const { pool, clock } = instantLab();
    const leaks = leaksOf(pool);
    record(pool.borrow({ label: 'nightly' }));
    clock.advance(10_000_000);
    expect(leaks).toEqual([]);
  });
});

describe('the stack of a borrow names who asked', () => {
  it.each<[string, (pool: FakePool) => unknown]>([
    ['borrow', (pool) => record(pool.borrow())],
    ['available$', (pool) => record(pool.available$)],
    ['available$ through operators', (pool) => record(pool.available$.pipe(take(1), map(nothing)))],
    ['acquire', (pool) => pool.acquire()],
    ['tryBorrow', (pool) => pool.tryBorrow()],
    ['use', (pool) => record(pool.use((_socket, lease) => lease.data$))],
    [
      'use through operators',
      (pool) => record(pool.use((_socket, lease) => lease.data$).pipe(map(nothing), take(5), retry(3), map(nothing))),
    ],
  ])('by %s', async (_face, ask) => {
    const { pool, clock } = instantLab({ leakAfter: 1_000, min: 1 });
    await pool.ready();
    const leaks = leaksOf(pool);
    const asked = ask(pool);
    clock.advance(1_000);
    expect(leaks).toMatchObject([{ stack: expect.stringContaining(HERE) as unknown }]);
    await pool.close({ borrowed: 'destroy' });
    await asked;
  });

  it('also where it had to wait', () => {
    const { pool, clock, transport } = handLab({ leakAfter: 1_000 });
    const leaks = leaksOf(pool);
    record(pool.borrow({ label: 'patient' }));
    transport.last.accept();
    clock.advance(1_000);
    expect(leaks).toMatchObject([{ label: 'patient', stack: expect.stringContaining(HERE) as unknown }]);
  });

  it('also for each further lease of a worker, which nobody asked for in so many words', () => {
    const { pool, clock } = instantLab({ leakAfter: 1_000, max: 1 });
    const leaks = leaksOf(pool);
    const worker = subscribeWorker(pool);
    clock.advance(10);
    clock.set(clock.now() + 10, () => worker.values[0]!.release());
    clock.advance(10);
    expect(worker.values).toHaveLength(2);
    clock.advance(1_000);
    expect(leaks).toMatchObject([{ stack: expect.stringContaining('subscribeWorker') as unknown }]);
  });
});

function nothing(): undefined {
  return undefined;
}

function subscribeWorker(pool: FakePool): ReturnType<typeof record<FakeLease>> {
  return record(pool.available$);
}
