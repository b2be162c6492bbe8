import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, instantLab, record, stockIdle } from './pool-lab.js';

describe('free', () => {
  it.each<[number | undefined, number]>([
    [undefined, 5],
    [0, 5],
    [2, 3],
    [4, 1],
    [5, 0],
    [1_000, 0],
  ])('of %s closes %i of five idle ones', (keep, closed) => {
    const { pool } = instantLab();
    stockIdle(pool, 5);
    expect(pool.free(keep)).toBe(closed);
    expect(pool.stats).toMatchObject({ idle: 5 - closed, closed });
  });

  it('closes the longest idle first, gracefully, with its reason', () => {
    const { pool, transport, clock } = instantLab();
    const leases = borrowMany(pool, 4);
    for (const i of [2, 0, 3, 1]) {
      leases[i]!.release();
      clock.advance(10);
    }
    const events = record(pool.events$);
    pool.free(2);
    const closed = events.values.flatMap((event) => (event.type === 'closed' ? [event] : []));
    expect(closed.map(({ slot, reason }) => [slot, reason])).toEqual([
      [2, 'surplus'],
      [0, 'surplus'],
    ]);
    expect(transport.closes.every(({ force }) => !force)).toBe(true);
  });

  it('counts what is lent among those kept, and touches none of it', () => {
    const { pool } = instantLab();
    const leases = borrowMany(pool, 5);
    leases[0]!.release();
    leases[1]!.release();
    expect(pool.free(4)).toBe(1);
    expect(pool.free(1)).toBe(1);
    expect(pool.stats).toMatchObject({ idle: 0, lent: 3, owned: 3 });
    expect(pool.free()).toBe(0);
  });

  it.each([true, false])('never closes what min keeps, also where closes take time: %s', (holdCloses) => {
    const { pool, transport, clock } = instantLab({ min: 2, max: 6 });
    clock.advance(1);
    stockIdle(pool, 6);
    transport.holdCloses = holdCloses;
    expect(pool.free()).toBe(4);
    expect(pool.free()).toBe(0);
    expect(pool.stats).toMatchObject({ idle: 2, opened: 6 });
  });

  it.each([true, false])('nor what minPerEndpoint keeps, also where closes take time: %s', (holdCloses) => {
    const transports = [fakeTransport('a:1'), fakeTransport('b:1')];
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transports, { max: 8, minPerEndpoint: 2, clock: new VirtualClock() });
    stockIdle(pool, 8);
    for (const transport of transports) transport.holdCloses = holdCloses;
    expect(pool.free()).toBe(4);
    expect(pool.free()).toBe(0);
    expect(pool.endpoints.map(({ idle }) => idle)).toEqual([2, 2]);
  });

  it('closes nothing that is being checked', () => {
    const { pool, transport } = instantLab();
    transport.restore = async () => new Promise(() => undefined);
    borrowNow(pool).release();
    expect(pool.free()).toBe(0);
    expect(pool.stats.checking).toBe(1);
  });

  it('does not stop the pool from opening others', () => {
    const { pool } = instantLab({ max: 2 });
    stockIdle(pool, 2);
    pool.free();
    borrowMany(pool, 2);
    expect(pool.stats).toMatchObject({ lent: 2, opened: 4 });
  });

  it.each([-1, 1.5, NaN, Infinity, '2'])('refuses to keep %j', (keep) => {
    const { pool } = instantLab();
    stockIdle(pool, 2);
    expect(() => pool.free(keep as number)).toThrow(/free: keep/);
    expect(pool.stats.idle).toBe(2);
  });

  it('of a pool that has closed closes nothing', async () => {
    const { pool } = instantLab();
    stockIdle(pool, 2);
    await pool.close();
    expect(pool.free()).toBe(0);
  });
});
