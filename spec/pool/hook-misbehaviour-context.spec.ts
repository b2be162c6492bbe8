import { AsyncLocalStorage } from 'node:async_hooks';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PoolClosedError } from '../../src/index.js';
import type { Within } from '../../src/pool/in-context.js';
import { afterPromises, borrowNow, instantLab, record, type FakePool } from './pool-lab.js';

const thrower = (): never => {
  throw new Error('context');
};

/** One borrower has the only connection, two wait for it. */
function expectTurns(pool: FakePool): void {
  const lease = borrowNow(pool);
  const waiting = [record(pool.borrow()), record(pool.borrow())];
  lease.release();
  waiting[0]!.only.release();
  waiting[1]!.only.release();
  expect(pool.stats).toMatchObject({ lent: 0, checking: 0, waiting: 0 });
  expect(pool.stats.released).toBeGreaterThanOrEqual(3);
}

describe('asyncContext', () => {
  it('is what a later grant is made in', () => {
    const storage = new AsyncLocalStorage<string>();
    const { pool, transport } = instantLab({ max: 1, asyncContext: AsyncLocalStorage.snapshot });
    transport.onOpen = undefined;
    const seen: unknown[] = [];
    for (const name of ['first', 'second']) {
      storage.run(name, () => {
        pool.borrow().subscribe({
          next: (lease) => {
            seen.push(storage.getStore());
            lease.release();
          },
          error: () => seen.push(storage.getStore()),
        });
      });
    }
    storage.run('the peer', () => transport.last.accept());
    expect(seen).toEqual(['first', 'second']);
  });

  it('and a later failure', async () => {
    const storage = new AsyncLocalStorage<string>();
    const { pool, transport } = instantLab({ max: 1, asyncContext: AsyncLocalStorage.snapshot });
    transport.onOpen = undefined;
    let seen: unknown;
    storage.run('the borrower', () => {
      pool
        .borrow()
        .subscribe({ error: (error: unknown) => (seen = [error instanceof PoolClosedError, storage.getStore()]) });
    });
    await pool.close();
    expect(seen).toEqual([true, 'the borrower']);
  });

  it('that throws fails the borrow that would have waited in it, and no other', async () => {
    let calls = 0;
    const within: Within = (fn) => fn();
    const { pool } = instantLab({ max: 1, asyncContext: () => (++calls === 2 ? thrower() : within) });
    const lease = borrowNow(pool);
    const failed = record(pool.borrow());
    const waiting = record(pool.borrow());
    expect(failed.error).toMatchObject({ message: 'context' });
    expect(pool.stats.waiting).toBe(1);
    lease.release();
    expect(waiting.values).toHaveLength(1);
    calls = 1;
    await expect(pool.acquire()).rejects.toThrow('context');
    waiting.only.release();
    expect(pool.stats).toMatchObject({ idle: 1, waiting: 0 });
  });

  it('that throws fails a worker before it has borrowed', () => {
    const { pool } = instantLab({ max: 1, asyncContext: thrower });
    const worker = record(pool.available$);
    expect(worker.error).toMatchObject({ message: 'context' });
    expect(pool.stats).toMatchObject({ waiting: 0, lent: 0 });
  });

  it.each<[string, () => unknown]>([
    ['throws', () => thrower],
    ['runs nothing', () => () => undefined],
  ])('whose context %s does not end a worker, nor disturb whoever gives back its lease', (_name, make) => {
    const { pool, clock } = instantLab({ max: 1, asyncContext: make as () => Within });
    const worker = record(pool.available$);
    for (let i = 0; i < 3; i++) {
      expect(worker.values).toHaveLength(i + 1);
      clock.advance(10);
      worker.values[i]!.release();
      clock.advance(10);
    }
    expect(worker.isOver).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => thrower],
    [
      'throws afterwards',
      () => (fn: () => void) => {
        fn();
        thrower();
      },
    ],
    ['runs nothing', () => () => undefined],
    [
      'runs it twice',
      () => (fn: () => void) => {
        fn();
        fn();
      },
    ],
    ['is none', () => undefined],
    ['is a number', () => 7],
    ['is an object', () => ({})],
  ])('whose context %s loses no lease', (_name, make) => {
    const { pool } = instantLab({ max: 1, asyncContext: make as () => Within });
    expectTurns(pool);
  });

  it('whose context runs it later loses no lease, and lends none twice', async () => {
    const late: (() => void)[] = [];
    const { pool } = instantLab({ max: 1, asyncContext: () => (fn) => void late.push(fn) });
    expectTurns(pool);
    for (const fn of late) fn();
    expect(pool.stats).toMatchObject({ idle: 1, lent: 0, borrowed: 3 });
  });

  it('whose context calls back into the pool is served in turn', () => {
    const inside: unknown[] = [];
    const { pool } = instantLab({
      max: 1,
      asyncContext: () => (fn) => {
        if (inside.length === 0) inside.push(record(pool.use(() => EMPTY)));
        pool.resize({ max: 2 });
        fn();
      },
    });
    expectTurns(pool);
    expect(inside).toHaveLength(1);
  });

  it('whose context closes the pool leaves the lease to its borrower', async () => {
    let report: ReturnType<FakePool['close']> | undefined;
    const { pool } = instantLab({
      max: 1,
      asyncContext: () => (fn) => {
        report ??= pool.close();
        fn();
      },
    });
    const borrower = record(pool.borrow());
    borrower.only.release();
    expect(await report).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });

  it('is not asked where a connection is there at once', async () => {
    let asked = 0;
    const { pool } = instantLab({
      asyncContext: () => {
        asked++;
        return (fn) => fn();
      },
    });
    borrowNow(pool).release();
    expect(asked).toBe(1);
    borrowNow(pool).release();
    (await pool.acquire()).release();
    await afterPromises();
    expect(asked).toBe(1);
  });
});
