import { describe, expect, it } from 'vitest';
import { createPool, type ResizeConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, handLab, instantLab, record, reportOf, stockIdle } from './pool-lab.js';

describe('resize to more', () => {
  it('serves those who wait at once', () => {
    const { pool } = instantLab({ max: 1 });
    borrowNow(pool);
    const waiting = [record(pool.borrow()), record(pool.borrow()), record(pool.borrow())];
    pool.resize({ max: 3 });
    expect(waiting.map(({ values }) => values.length)).toEqual([1, 1, 0]);
    expect(pool.stats).toMatchObject({ lent: 3, max: 3, waiting: 1 });
  });

  it.each([1, 2, 3])('may go far beyond the max that the pool began with, with %i endpoints', (count) => {
    const transports = Array.from({ length: count }, (_, i) => fakeTransport(`fake:${i}`));
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transports, { max: 3, clock: new VirtualClock() });
    pool.resize({ max: 50 });
    expect(borrowMany(pool, 50)).toHaveLength(50);
    expect(pool.stats.owned).toBe(50);
  });

  it('opens what the new min asks for', () => {
    const { pool } = instantLab({ max: 5 });
    pool.resize({ min: 4 });
    expect(pool.stats).toMatchObject({ idle: 4, min: 4, max: 5 });
  });

  it('leaves maxPerEndpoint as it is', () => {
    const { pool } = instantLab({ max: 2, maxPerEndpoint: 3 });
    pool.resize({ max: 10 });
    borrowMany(pool, 3);
    expect(record(pool.borrow()).values).toEqual([]);
    expect(() => pool.resize({ min: 4 })).toThrow(RangeError);
  });
});

describe('resize to less', () => {
  it('closes what is idle beyond max now, longest idle first', () => {
    const { pool, clock } = instantLab({ max: 5 });
    for (const lease of borrowMany(pool, 5)) {
      lease.release();
      clock.advance(10);
    }
    const events = record(pool.events$);
    pool.resize({ max: 2 });
    const closed = events.values.flatMap((event) => (event.type === 'closed' ? [event] : []));
    expect(closed.map(({ slot, reason }) => [slot, reason])).toEqual([
      [0, 'surplus'],
      [1, 'surplus'],
      [2, 'surplus'],
    ]);
    expect(pool.stats).toMatchObject({ idle: 2, owned: 2 });
  });

  it('closes what is lent beyond max when it comes back', () => {
    const { pool } = instantLab({ max: 3 });
    const leases = borrowMany(pool, 3);
    pool.resize({ max: 1 });
    expect(leases.map(({ socket }) => socket.closed)).toEqual([false, false, false]);
    leases[0]!.release();
    leases[1]!.release();
    expect(pool.stats).toMatchObject({ lent: 1, idle: 0, closed: 2 });
    leases[2]!.release();
    expect(pool.stats).toMatchObject({ lent: 0, idle: 1, closed: 2 });
  });

  it('lends nothing new before there is room again', () => {
    const { pool } = instantLab({ max: 3 });
    const leases = borrowMany(pool, 3);
    pool.resize({ max: 1 });
    const waiting = record(pool.borrow());
    leases[0]!.release();
    leases[1]!.release();
    expect([waiting.values.length, pool.stats.owned]).toEqual([0, 1]);
    leases[2]!.release();
    expect(waiting.values).toHaveLength(1);
  });

  it('does not go below what is idle where it need not', () => {
    const { pool } = instantLab({ max: 5 });
    stockIdle(pool, 2);
    pool.resize({ max: 2 });
    expect(pool.stats).toMatchObject({ idle: 2, closed: 0 });
  });

  it('gives up attempts beyond max, the latest first', () => {
    const { pool, transport } = handLab({ max: 3 });
    const waiting = [record(pool.borrow()), record(pool.borrow()), record(pool.borrow())];
    pool.resize({ max: 1 });
    expect(transport.opens.map(({ unsubscribed }) => unsubscribed)).toEqual([false, true, true]);
    transport.opens[0]!.accept();
    for (const { only } of [waiting[0]!]) only.release();
    expect(waiting.map(({ values }) => values.length)).toEqual([1, 1, 0]);
  });

  it('counts what is closing as owned, and closes no more for it', () => {
    const { pool, transport } = instantLab({ max: 4 });
    stockIdle(pool, 4);
    transport.holdCloses = true;
    pool.resize({ max: 2 });
    expect(pool.stats).toMatchObject({ idle: 2, closing: 2 });
    pool.resize({ max: 2 });
    expect(pool.stats).toMatchObject({ idle: 2, closing: 2 });
  });

  it('and back again at once keeps what is lent', () => {
    const { pool } = instantLab({ max: 3 });
    const leases = borrowMany(pool, 3);
    pool.resize({ max: 1 });
    pool.resize({ max: 3 });
    for (const lease of leases) lease.release();
    expect(pool.stats).toMatchObject({ idle: 3, closed: 0 });
  });

  it('lets min go, and what is then too long idle', () => {
    const { pool, clock } = instantLab({ min: 3, max: 3, idleTimeout: 5_000, maxLifetime: Infinity });
    clock.advance(20_000);
    pool.resize({ min: 1 });
    clock.advance(30_000);
    expect(pool.stats).toMatchObject({ idle: 1, min: 1, closed: 2 });
  });

  it('keeps minPerEndpoint', () => {
    const transports = [fakeTransport('a:1'), fakeTransport('b:1')];
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transports, { max: 6, minPerEndpoint: 2, clock: new VirtualClock() });
    stockIdle(pool, 6);
    pool.resize({ max: 4 });
    expect(pool.endpoints.map(({ idle }) => idle)).toEqual([2, 2]);
    expect(() => pool.resize({ max: 3 })).toThrow(RangeError);
    expect(pool.stats.max).toBe(4);
  });
});

describe('resize tells', () => {
  it('of it with an event, with the reason if there is one', () => {
    const { pool } = instantLab({ min: 1, max: 2 });
    const events = record(pool.events$);
    pool.resize({ max: 5, reason: 'more work' });
    pool.resize({ min: 0 });
    const resized = events.values.filter(({ type }) => type === 'resized');
    expect(resized).toEqual([
      { type: 'resized', min: 1, max: 5, reason: 'more work', at: expect.any(Number) as unknown },
      { type: 'resized', min: 0, max: 5, at: expect.any(Number) as unknown },
    ]);
  });

  it('stats of the limits as they are', () => {
    const { pool } = instantLab({ min: 1, max: 2 });
    pool.resize({ min: 2, max: 7 });
    expect(pool.stats).toMatchObject({ min: 2, max: 7 });
  });

  it('ready of the new min', async () => {
    const { pool } = instantLab({ max: 5 });
    pool.resize({ min: 3 });
    await pool.ready();
    expect(pool.stats.idle).toBe(3);
    await expect(pool.ready(6)).rejects.toThrow(RangeError);
  });
});

describe('resize refuses, and leaves all as it was', () => {
  it.each<[string, ResizeConfig, RegExp]>([
    ['a min over max', { min: 3, max: 2 }, /min/],
    ['a max below min', { max: 1 }, /min/],
    ['a min over the max that is', { min: 5 }, /min/],
    ['a max of 0', { max: 0 }, /max/],
    ['a negative min', { min: -1 }, /min/],
    ['half a connection', { max: 2.5 }, /max/],
    ['no number', { max: NaN }, /max/],
    ['no end', { max: Infinity }, /max/],
  ])('%s', (_name, config, message) => {
    const { pool } = instantLab({ min: 2, max: 4 });
    const events = record(pool.events$);
    expect(() => pool.resize(config)).toThrow(RangeError);
    expect(() => pool.resize(config)).toThrow(message);
    expect(pool.stats).toMatchObject({ min: 2, max: 4 });
    expect(events.values).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an unknown option', { size: 3 }],
    ['a text', { max: '3' }],
    ['a reason that is none', { max: 3, reason: 7 }],
    ['a number instead of options', 7],
  ])('%s', (_name, config) => {
    const { pool } = instantLab({ max: 4 });
    expect(() => pool.resize(config as ResizeConfig)).toThrow(/resize/);
    expect(pool.stats.max).toBe(4);
  });

  it('nothing at all, which changes nothing', () => {
    const { pool } = instantLab({ min: 1, max: 4 });
    pool.resize({});
    expect(pool.stats).toMatchObject({ min: 1, max: 4 });
  });
});

it('resize of a pool that is closing does nothing', async () => {
  const { pool, transport } = instantLab({ max: 2 });
  const lease = borrowNow(pool);
  const report = pool.close();
  pool.resize({ min: 2, max: 5 });
  expect(transport.opens).toHaveLength(1);
  lease.release();
  expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 0, left: 0 });
  expect(pool.stats).toMatchObject({ min: 0, max: 2 });
});
