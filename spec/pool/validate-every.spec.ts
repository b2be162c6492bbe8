import { NEVER, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { afterPromises, borrowMany, borrowNow, instantLab, record, stockIdle } from './pool-lab.js';

describe('validateEvery', () => {
  it.each([1_000, 30_000, 45_000, 600_000])('has an idle connection validated every %i ms', (validateEvery) => {
    const times: number[] = [];
    const lab = instantLab({
      ...{ max: 1, idleTimeout: Infinity, maxLifetime: Infinity, validateEvery },
      validate: () => times.push(lab.clock.now()) > 0,
    });
    stockIdle(lab.pool, 1);
    const start = lab.clock.now();
    lab.clock.advance(validateEvery * 10);
    // Looks come at most a sixteenth of their distance, which is 30 s or less, after they are due.
    const slack = Math.min(30_000, validateEvery) / 16;
    expect(times.length).toBeGreaterThanOrEqual(9);
    for (const [i, time] of times.entries()) {
      const due = (times[i - 1] ?? start) + validateEvery;
      expect(time).toBeGreaterThanOrEqual(due);
      expect(time).toBeLessThanOrEqual(due + slack);
    }
  });

  it('is never by default', () => {
    let asked = 0;
    const { pool, clock } = instantLab({ idleTimeout: Infinity, maxLifetime: Infinity, validate: () => ++asked > 0 });
    stockIdle(pool, 3);
    clock.advance(86_400_000);
    expect(asked).toBe(0);
  });

  it('asks each idle connection, and none that is lent', () => {
    const asked: number[] = [];
    const { pool, clock } = instantLab({ validateEvery: 5_000, validate: ({ id }) => asked.push(id) > 0 });
    const leases = borrowMany(pool, 3);
    leases[0]!.release();
    leases[2]!.release();
    clock.advance(5_000);
    expect(asked).toEqual([0, 2]);
  });

  it('counts from the last time that the connection was known to be good', () => {
    const asked: number[] = [];
    const { pool, clock } = instantLab({
      ...{ max: 1, validateEvery: 10_000, validateAfter: Infinity },
      validate: () => asked.push(clock.now()) > 0,
    });
    stockIdle(pool, 1);
    clock.advance(9_000);
    borrowNow(pool).release();
    const returned = clock.now();
    clock.advance(19_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThanOrEqual(returned + 10_000);
  });

  it('closes what says no, and opens another where min asks for it', () => {
    const bad = new Set<FakeSocket>();
    const { pool, transport, clock } = instantLab({
      ...{ min: 2, max: 2, idleTimeout: Infinity, validateEvery: 5_000 },
      validate: (socket) => !bad.has(socket),
    });
    clock.advance(1);
    bad.add(transport.opens[0]!.socket!);
    clock.advance(5_400);
    expect(transport.opens.map(({ socket }) => socket!.closed)).toEqual([true, false, false]);
    expect(pool.stats).toMatchObject({ idle: 2, closed: 1 });
  });

  it('costs a connection whose hook hangs, after hookTimeout', () => {
    const { pool, transport, clock } = instantLab({
      ...{ max: 1, validateEvery: 5_000, hookTimeout: 700 },
      validate: () => NEVER,
    });
    stockIdle(pool, 1);
    clock.advance(5_699);
    expect(pool.stats).toMatchObject({ checking: 1, idle: 0 });
    clock.advance(1);
    expect(transport.closes).toMatchObject([{ force: true }]);
    expect(pool.stats).toMatchObject({ checking: 0, owned: 0 });
  });

  it('leaves a good connection as long idle as it was', async () => {
    const { pool, clock } = instantLab({
      max: 1,
      validateEvery: 7_000,
      idleTimeout: 20_000,
      validate: async () => true,
    });
    stockIdle(pool, 1);
    await clock.advanceAsync(19_999);
    expect(pool.stats.idle).toBe(1);
    await clock.advanceAsync(1);
    expect(pool.stats).toMatchObject({ idle: 0, owned: 0, closed: 1 });
  });

  it('that takes its time does not put off the end of an idle connection', () => {
    const answer = new Subject<boolean>();
    const { pool, clock } = instantLab({
      ...{ max: 1, idleTimeout: 10_000, validateEvery: 9_000, hookTimeout: 60_000 },
      validate: () => answer,
    });
    stockIdle(pool, 1);
    clock.advance(9_500);
    expect(pool.stats.checking).toBe(1);
    answer.next(true);
    clock.advance(499);
    expect(pool.stats.idle).toBe(1);
    clock.advance(1);
    expect(pool.stats.idle).toBe(0);
  });

  it('leaves the order in which idle connections are lent', async () => {
    const { pool, clock } = instantLab({
      ...{ max: 3, validateEvery: 5_000, validateAfter: Infinity },
      validate: async () => true,
    });
    const sockets = [];
    for (const lease of borrowMany(pool, 3)) {
      sockets.push(lease.socket);
      lease.release();
      clock.advance(10);
    }
    await clock.advanceAsync(5_100);
    expect(pool.stats.idle).toBe(3);
    expect(borrowMany(pool, 3).map(({ socket }) => socket)).toEqual(sockets.reverse());
  });

  it('gives a connection that is being validated to whoever comes meanwhile', async () => {
    let answer: (ok: boolean) => void = () => undefined;
    const { pool, transport, clock } = instantLab({
      ...{ max: 1, validateEvery: 5_000 },
      validate: async () => new Promise<boolean>((resolve) => (answer = resolve)),
    });
    const [idle] = stockIdle(pool, 1);
    clock.advance(5_000);
    const borrower = record(pool.borrow());
    answer(true);
    await afterPromises();
    expect(borrower.only.socket).toBe(idle);
    expect(transport.opens).toHaveLength(1);
  });

  it('does not keep the process alive', () => {
    const { pool, clock } = instantLab({ validateEvery: 1_000, validate: () => true });
    stockIdle(pool, 1);
    clock.advance(10_500);
    expect(clock.pending).toBeGreaterThan(0);
    expect(clock.keepsAlive).toBe(false);
  });
});
