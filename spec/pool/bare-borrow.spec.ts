import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../src/index.js';
import type { VirtualTimer } from '../../src/testing/virtual-timer.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { instantLab, record, type FakeLease, type FakePool } from './pool-lab.js';

/** What was asked of a clock. */
interface Asked {
  reads: number;
  timers: number;
  deferred: number;
}

class CountingClock extends VirtualClock {
  asked: Asked = { reads: 0, timers: 0, deferred: 0 };

  override now(): number {
    this.asked.reads++;
    return super.now();
  }

  override set(at: number, fn: () => void): VirtualTimer {
    this.asked.timers++;
    return super.set(at, fn);
  }

  override defer(fn: () => void): void {
    this.asked.deferred++;
    super.defer(fn);
  }
}

const LOANS = 10;

const faces: Readonly<Record<string, (pool: FakePool) => FakeLease | Promise<FakeLease>>> = {
  'borrow()': (pool) => record(pool.borrow()).only,
  'available$.pipe(take(1))': (pool) => record(pool.available$.pipe(take(1))).only,
  'acquire()': (pool) => pool.acquire(),
  'tryBorrow()': (pool) => pool.tryBorrow()!,
};

const lifetimes: PoolConfig<FakeSocket> = {
  ...{ idleTimeout: 60_000, maxLifetime: 600_000, lifetimeJitter: 0.5, maxUses: 1_000 },
};
const health: PoolConfig<FakeSocket> = {
  ...{ validate: () => true, validateAfter: 500, validateEvery: 60_000, hookTimeout: 1_000, onIdleData: 'keep' },
};
const options: Readonly<Record<string, PoolConfig<FakeSocket>>> = {
  'the lifetime options': lifetimes,
  'the health options': health,
  'a check of each connection before its grant': { ...health, validateAfter: 0 },
  'a clean of each connection after its loan': { ...health, clean: () => undefined },
  'all of them': { ...lifetimes, ...health, clean: () => undefined },
  'several loans of one connection': { ...lifetimes, ...health, concurrency: 3 },
};

/** What some loans ask of the clock, one after the other, when all that a first one sets in motion is under way. */
async function askedBy(face: string, config: PoolConfig<FakeSocket>): Promise<Asked> {
  const clock = new CountingClock();
  const { pool } = instantLab({ ...config, clock });
  record(pool.borrow()).only.release();
  const sum: Asked = { reads: 0, timers: 0, deferred: 0 };
  for (let i = 0; i < LOANS; i++) {
    clock.advance(1);
    clock.asked = { reads: 0, timers: 0, deferred: 0 };
    (await faces[face]!(pool)).release();
    sum.reads += clock.asked.reads;
    sum.timers += clock.asked.timers;
    sum.deferred += clock.asked.deferred;
  }
  expect(pool.stats).toMatchObject({ idle: 1, released: LOANS + 1, opened: 1 });
  return sum;
}

describe.each(Object.keys(faces))('a borrow by %s, and its release', (face) => {
  it('read the clock once each, and set no timer', async () => {
    expect(await askedBy(face, {})).toEqual({ reads: 2 * LOANS, timers: 0, deferred: 0 });
  });

  it.each(Object.entries(options))('read it no more often with %s', async (_name, config) => {
    expect(await askedBy(face, config)).toEqual(await askedBy(face, {}));
  });
});
