import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { autoscale, type AutoscaleConfig } from '../../src/index.js';
import { FakePool, scaled, turns } from './autoscale-lab.js';
import { record } from './pool-lab.js';

const bounds = { min: 1, max: 100 };

describe('autoscale', () => {
  it('leaves a pool alone whose max fits its load', () => {
    const { pool, decisions } = scaled(10, bounds);
    pool.run(() => 6.5, 600);
    expect(decisions.values).toEqual([]);
  });

  it('grows at once to what the demand needs', () => {
    const { pool, decisions } = scaled(8, bounds);
    pool.serve(7.2);
    expect(decisions.only).toEqual({
      at: 1_001_000,
      from: 8,
      to: 11,
      reason: 'demand 7.2 of 8 at 0.7',
      demand: 7.2,
      backlog: 0,
      wait: 0,
    });
    expect(pool.reasons).toEqual(['demand 7.2 of 8 at 0.7']);
  });

  it('needs exactly what divides without a rest', () => {
    const { pool } = scaled(2, bounds);
    pool.serve(2.1);
    expect(pool.max).toBe(3);
  });

  it('follows a burst beyond max within seconds, and serves all who waited', () => {
    const { pool } = scaled(2, bounds);
    expect(pool.run(() => 30, 6)).toEqual([4, 8, 16, 32, 64, 84]);
    expect(pool.reasons).toEqual([
      'demand 30 and a backlog of 28 of 2',
      'demand 30 and a backlog of 54 of 4',
      'demand 30 and a backlog of 76 of 8',
      'demand 30 and a backlog of 90 of 16',
      'demand 30 and a backlog of 88 of 32',
      'demand 30 and a backlog of 54 of 64',
    ]);
    pool.run(() => 30, 2);
    expect(pool.load.waiting).toBe(0);
  });

  it('shrinks by half at most each minute, to a little more than was needed', () => {
    const { pool, decisions } = scaled(40, bounds);
    const sizes = pool.run((second) => (second === 70 ? 4.2 : 3.5), 240);
    expect(sizes.indexOf(20)).toBe(59);
    expect(sizes.indexOf(10)).toBe(119);
    expect(sizes.indexOf(6)).toBe(179);
    expect(decisions.values.map(({ reason }) => reason)).toEqual([
      'at most 5 of 40 needed for 60 s',
      'at most 6 of 20 needed for 60 s',
      'at most 5 of 10 needed for 60 s',
    ]);
    expect(decisions.values[0]).toMatchObject({ at: 1_060_000, from: 40, to: 20, demand: 3.5 });
  });

  it('shrinks to no less than the most that was needed meanwhile', () => {
    const { pool } = scaled(9, bounds);
    expect(pool.run((second) => (second === 30 ? 4.2 : 1), 60).at(-1)).toBe(7);
  });

  it('begins the minute anew when the demand was not low for once', () => {
    const { pool } = scaled(10, bounds);
    const sizes = pool.run((second) => (second === 30 ? 6.3 : 1), 91);
    expect(sizes.indexOf(5)).toBe(90);
  });

  it('goes to the lower bound without a load', () => {
    const { pool } = scaled(50, { min: 3, max: 50 });
    expect(new Set(pool.run(() => 0, 600))).toEqual(new Set([50, 25, 13, 7, 4, 3]));
  });

  it('goes to the upper bound and not beyond, and stays there in peace', () => {
    const { pool, decisions } = scaled(10, { min: 1, max: 15 });
    expect(pool.run(() => 40, 100).at(-1)).toBe(15);
    expect(decisions.values).toHaveLength(1);
  });

  it('follows a ramp up and down with one turn', () => {
    const { pool } = scaled(2, bounds);
    const sizes = pool.run((second) => (second < 100 ? second / 10 : second < 200 ? 20 - second / 10 : 0), 700);
    expect(Math.max(...sizes)).toBe(15);
    expect(sizes.at(-1)).toBe(1);
    expect(turns(sizes)).toBe(1);
    expect(pool.load.waiting).toBe(0);
  });

  it.each([
    [2, 12],
    [10, 14],
    [40, 14],
  ])('does not swing with a load that swings every %d s', (period, size) => {
    const { pool } = scaled(2, bounds);
    const sizes = pool.run((second) => (second % period < period / 2 ? 8 : 1), 900);
    expect(new Set(sizes.slice(200))).toEqual(new Set([size]));
    expect(turns(sizes)).toBeLessThanOrEqual(1);
  });

  it('brings a max that is out of bounds within them, with its reason', () => {
    const { pool, decisions } = scaled(50, { min: 5, max: 20 });
    pool.serve(10);
    pool.resize({ max: 2, reason: 'by hand' });
    pool.serve(1);
    expect(decisions.values).toMatchObject([
      { from: 50, to: 20, reason: '50 is not between 5 and 20' },
      { from: 2, to: 5, reason: '2 is not between 5 and 20' },
    ]);
  });

  it('stays at the min of the pool where that is more', () => {
    const { pool, decisions } = scaled(12, { min: 2, max: 20 }, 5);
    expect(pool.run(() => 0, 300).at(-1)).toBe(5);
    pool.load = { ...pool.load, min: 25, max: 25 };
    pool.run(() => 25, 3);
    expect(decisions.values.map(({ to }) => to)).toEqual([6, 5]);
  });

  it('goes on from a max that somebody else has set', () => {
    const { pool, decisions } = scaled(4, bounds);
    pool.resize({ max: 20, reason: 'by hand' });
    pool.serve(14.5);
    expect(decisions.only).toMatchObject({ from: 20, to: 21 });
  });

  it('decides nothing where the bounds are equal', () => {
    const { pool, decisions } = scaled(5, { min: 5, max: 5 });
    pool.run((second) => (second < 100 ? 20 : 0), 300);
    expect(decisions.values).toEqual([]);
  });

  it('grows by one where borrowers wait in vain although the mean demand is small', () => {
    const { pool, decisions } = scaled(4, bounds);
    const burst = { lent: 0.5, borrowed: 50, waited: 5_500, owned: 4 };
    pool.pass(burst);
    expect(decisions.values).toEqual([]);
    pool.pass(burst);
    expect(decisions.only).toMatchObject({ from: 4, to: 5, reason: 'mean wait 110 ms, over 100 ms', wait: 110 });
  });

  it('grows by one where the mean demand is just what fits, and borrowers wait', () => {
    const { pool, decisions } = scaled(4, bounds);
    const busy = { lent: 2.8, borrowed: 280, waited: 30_000, owned: 4 };
    pool.pass(busy);
    pool.pass(busy);
    expect(decisions.only).toMatchObject({ from: 4, to: 5, demand: 2.8 });
  });

  it('does not grow because of a wait while there was room', () => {
    const { pool, decisions } = scaled(4, bounds);
    const dialling = { lent: 0.5, borrowed: 1, waited: 900 };
    pool.pass({ ...dialling, owned: 3 });
    pool.pass({ ...dialling, owned: 4 });
    pool.pass({ ...dialling, owned: 3 });
    pool.pass({ ...dialling, owned: 4 });
    pool.pass({ ...dialling, owned: 4, connecting: 4 });
    expect(decisions.values).toEqual([]);
  });

  it('does not shrink while borrowers wait', () => {
    const { pool } = scaled(4, { min: 1, max: 4 });
    const burst = { lent: 0.5, borrowed: 50, waited: 5_500, owned: 4 };
    for (let second = 0; second < 200; second++) pool.pass(burst);
    expect(pool.max).toBe(4);
  });
});

describe('an endpoint that is down', () => {
  const crowd = { lent: 4, borrowed: 4, waiting: 500, waited: 200_000, owned: 4 };

  it.each(['down', 'failed'] as const)('is no reason to grow while it is %s', (state) => {
    const { pool, decisions } = scaled(4, bounds);
    pool.status$.next({ state });
    for (let second = 0; second < 100; second++) pool.pass(crowd);
    expect(decisions.values).toEqual([]);
    pool.status$.next({ state: 'up' });
    pool.pass(crowd);
    expect(decisions.values).toEqual([]);
    pool.pass(crowd);
    expect(decisions.only).toMatchObject({ from: 4, to: 8 });
  });

  it('is none either where it was down for a part of the time only', () => {
    const { pool, decisions } = scaled(4, bounds);
    pool.status$.next({ state: 'down' });
    pool.status$.next({ state: 'up' });
    pool.pass(crowd);
    expect(decisions.values).toEqual([]);
  });

  it('is no reason to shrink: a lull of that kind does not count', () => {
    const { pool, decisions } = scaled(10, bounds);
    pool.run(() => 1, 50);
    pool.status$.next({ state: 'down' });
    pool.run(() => 0, 200);
    pool.status$.next({ state: 'up' });
    expect(decisions.values).toEqual([]);
    expect(pool.run(() => 1, 61).indexOf(5)).toBe(60);
  });

  it('does not matter where another one is up', () => {
    const { pool, decisions } = scaled(4, bounds);
    pool.status$.next({ state: 'degraded' });
    pool.pass(crowd);
    expect(decisions.only).toMatchObject({ from: 4, to: 8 });
  });
});

describe('the life of autoscale', () => {
  it('begins at the subscribe and ends at the unsubscribe, which leaves max where it is', () => {
    const pool = new FakePool(2);
    const scaling$ = autoscale(pool, bounds);
    pool.run(() => 10, 3);
    expect([pool.max, pool.stats$.observed, pool.status$.observed]).toEqual([2, false, false]);
    const { subscription } = record(scaling$);
    pool.run(() => 10, 1);
    expect(pool.max).toBe(4);
    subscription.unsubscribe();
    pool.run(() => 10, 3);
    expect([pool.max, pool.stats$.observed, pool.status$.observed]).toEqual([4, false, false]);
  });

  it('may end within a decision', () => {
    const pool = new FakePool(2);
    expect(record(autoscale(pool, bounds).pipe(take(1)))).toMatchObject({ completed: false });
    pool.run(() => 10, 3);
    expect([pool.max, pool.stats$.observed]).toEqual([4, false]);
  });

  it('measures from its beginning, not from that of the pool', () => {
    const pool = new FakePool(2);
    pool.run(() => 50, 3);
    pool.run(() => 0, 100);
    const decisions = record(autoscale(pool, bounds));
    expect(decisions.values).toEqual([]);
    pool.serve(1);
    expect(decisions.values).toEqual([]);
  });

  it('completes when the pool closes, and at once where it has', () => {
    const { pool, decisions } = scaled(2, bounds);
    pool.status$.next({ state: 'closed' });
    expect(decisions).toMatchObject({ completed: true, values: [] });
    expect([pool.stats$.observed, pool.status$.observed]).toEqual([false, false]);
    expect(record(autoscale(pool, bounds))).toMatchObject({ completed: true });
    expect(pool.stats$.observed).toBe(false);
  });

  it('says nothing while the clock stands still', () => {
    const { pool, decisions } = scaled(2, bounds);
    for (let i = 0; i < 100; i++) pool.pass({ lent: 2, borrowed: 100, waiting: 100, owned: 2 }, 0);
    expect(decisions.values).toEqual([]);
    pool.serve(10);
    expect(decisions.values).toHaveLength(1);
  });

  it('lets max be where the pool refuses, and goes on', () => {
    const { pool, decisions } = scaled(8, bounds);
    pool.resize = () => {
      throw new RangeError('resize: max must be an integer from 5 to 9007199254740991, got 4');
    };
    pool.run(() => 1, 100);
    expect(decisions).toMatchObject({ values: [], isOver: false });
    delete (pool as Partial<FakePool>).resize;
    pool.serve(8);
    expect(decisions.only).toMatchObject({ from: 8, to: 12 });
  });
});

describe('the options of autoscale', () => {
  it('target: how much of max the mean demand may take', () => {
    const { pool } = scaled(10, { ...bounds, target: 0.5 });
    pool.serve(6);
    expect(pool.max).toBe(12);
  });

  it('target: all of max, where it is 1', () => {
    const { pool } = scaled(4, { ...bounds, target: 1 });
    pool.pass({ lent: 4.2 });
    expect(pool.reasons).toEqual(['demand 4.2 of 4 at 1']);
  });

  it('concurrency: how many borrowers share a connection', () => {
    const { pool } = scaled(10, { ...bounds, concurrency: 4 });
    const busy = { borrowed: 100, owned: 10 };
    pool.pass({ ...busy, lent: 28 });
    expect(pool.max).toBe(10);
    pool.pass({ ...busy, lent: 28.1 });
    expect(pool.max).toBe(11);
    pool.pass({ ...busy, lent: 20, owned: 11, waiting: 140 });
    expect(pool.max).toBe(19);
  });

  it('interval: over how long the demand is measured', () => {
    const { pool, decisions } = scaled(10, { ...bounds, interval: 5_000 });
    pool.run((second) => (second % 5 === 0 ? 9 : 4), 50);
    expect(decisions.values).toEqual([]);
    pool.run(() => 10, 5);
    expect(decisions.only).toMatchObject({ at: 1_055_000, demand: 10 });
  });

  it('interval: a snapshot that comes a little early ends it as well', () => {
    const { pool, decisions } = scaled(4, bounds);
    pool.pass({ lent: 4 }, 499);
    expect(decisions.values).toEqual([]);
    pool.pass({ lent: 4 }, 1);
    expect(decisions.only).toMatchObject({ at: 1_000_500, demand: 4 });
  });

  it('waitLimit: which mean wait is too long', () => {
    const burst = { lent: 0.5, borrowed: 50, waited: 5_500, owned: 4 };
    for (const [waitLimit, size] of [
      [109, 5],
      [110, 4],
      [Infinity, 4],
    ] as const) {
      const { pool } = scaled(4, { ...bounds, waitLimit });
      pool.pass(burst);
      pool.pass(burst);
      expect(pool.max).toBe(size);
    }
  });

  it('shrinkAfter: for how long the demand must be low', () => {
    const soon = scaled(8, { ...bounds, shrinkAfter: 5_000 });
    expect(soon.pool.run(() => 1, 6)).toEqual([8, 8, 8, 8, 4, 4]);
    const never = scaled(8, { ...bounds, shrinkAfter: Infinity });
    expect(never.pool.run(() => 1, 10_000).at(-1)).toBe(8);
    const atOnce = scaled(8, { ...bounds, shrinkAfter: 0 });
    expect(atOnce.pool.run(() => 1, 3)).toEqual([4, 3, 3]);
  });

  it('tolerance: what is left between what was needed and what makes max shrink', () => {
    const sizeWith = (tolerance: number): number =>
      scaled(10, { ...bounds, tolerance })
        .pool.run(() => 5.5, 60)
        .at(-1)!;
    expect([0, 0.1, 0.15, 0.2, 0.9].map(sizeWith)).toEqual([8, 9, 10, 10, 10]);
  });

  it('factor: how far one decision goes', () => {
    const { pool } = scaled(10, { ...bounds, factor: 1.5 });
    expect(pool.run(() => 60, 3)).toEqual([15, 22, 33]);
    const { pool: empty } = scaled(20, { ...bounds, factor: 1.5 });
    expect(empty.run(() => 0, 60).at(-1)).toBe(14);
    const { pool: steady } = scaled(10, { ...bounds, factor: 1 });
    expect(steady.run(() => 60, 3)).toEqual([11, 12, 13]);
    const { pool: down } = scaled(4, { ...bounds, factor: 1, shrinkAfter: 0 });
    expect(down.run(() => 0, 4)).toEqual([3, 2, 1, 1]);
    const { pool: quick } = scaled(10, { min: 1, max: 1_000, factor: Infinity });
    expect(quick.run(() => 60, 1)).toEqual([110]);
    expect(quick.run(() => 0, 200).at(-1)).toBe(1);
  });

  const size = 'an integer from 1 to 9007199254740991';
  it.each<[Record<string, unknown> | undefined | number, new () => Error, string]>([
    [undefined, TypeError, 'autoscale: min and max are required'],
    [{ max: 5 }, TypeError, 'autoscale: min and max are required'],
    [{ min: 5 }, TypeError, 'autoscale: min and max are required'],
    [5, TypeError, 'autoscale: config must be an object, got 5'],
    [{ min: 0, max: 5 }, RangeError, `autoscale: min must be ${size}, got 0`],
    [{ min: 1, max: Infinity }, RangeError, `autoscale: max must be ${size}, got Infinity`],
    [{ min: '1', max: 5 }, TypeError, `autoscale: min must be ${size}, got "1"`],
    [{ min: 6, max: 5 }, RangeError, 'autoscale: min must be an integer from 1 to 5, got 6'],
    [{ ...bounds, target: 0 }, RangeError, 'autoscale: target must be a number from 0.01 to'],
    [{ ...bounds, target: 1.1 }, RangeError, 'autoscale: target must be a number from 0.01 to 1, got 1.1'],
    [{ ...bounds, concurrency: Infinity }, RangeError, `autoscale: concurrency must be ${size}, got Infinity`],
    [{ ...bounds, interval: 500 }, RangeError, 'autoscale: interval must be a number from 1000 to'],
    [{ ...bounds, waitLimit: -1 }, RangeError, 'autoscale: waitLimit must be a number from 0 to Infinity, got -1'],
    [
      { ...bounds, shrinkAfter: NaN },
      RangeError,
      'autoscale: shrinkAfter must be a number from 0 to Infinity, got NaN',
    ],
    [{ ...bounds, tolerance: 2 }, RangeError, 'autoscale: tolerance must be a number from 0 to 0.9, got 2'],
    [{ ...bounds, factor: 0.5 }, RangeError, 'autoscale: factor must be a number from 1 to Infinity, got 0.5'],
    [{ ...bounds, step: 5 }, TypeError, 'autoscale: unknown option step; known are min, max, '],
  ])('refuse %j, naming option, value and range', (config, type, message) => {
    const make = (): unknown => autoscale(new FakePool(5), config as unknown as AutoscaleConfig);
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });

  it('count undefined as left out', () => {
    const { pool } = scaled(8, { ...bounds, target: undefined });
    pool.serve(7.2);
    expect(pool.max).toBe(11);
  });
});
