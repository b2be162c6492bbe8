import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { borrowMany, instantLab, record, stockIdle } from './pool-lab.js';

const LIFETIME = 1_000_000;
/** The longest that the end of an idle connection goes unnoticed. */
const SLACK = 30_000 / 16;

/** How long each of some connections has lived. */
function lives(count: number, config: { lifetimeJitter?: number; random?: () => number }): number[] {
  const { pool, clock } = instantLab({ max: count, maxLifetime: LIFETIME, idleTimeout: Infinity, ...config });
  stockIdle(pool, count);
  const born = clock.now();
  const lived: number[] = [];
  pool.events$.subscribe((event) => {
    if (event.type === 'closed') lived.push(event.at - born);
  });
  clock.advance(LIFETIME + SLACK);
  expect(lived).toHaveLength(count);
  return lived;
}

describe('lifetimeJitter', () => {
  it.each([0, 0.1, 0.25, 0.5, 1])('of %d takes off no more than that part', (lifetimeJitter) => {
    const lived = lives(100, { lifetimeJitter });
    expect(Math.min(...lived)).toBeGreaterThanOrEqual(LIFETIME * (1 - lifetimeJitter));
    expect(Math.max(...lived)).toBeLessThanOrEqual(LIFETIME + SLACK);
  });

  it.each([0.1, 0.5, 1])('of %d spreads them over that part', (lifetimeJitter) => {
    const lived = lives(100, { lifetimeJitter });
    const spread = Math.max(...lived) - Math.min(...lived);
    expect(spread).toBeGreaterThan(0.8 * LIFETIME * lifetimeJitter);
  });

  it('is 0.1 by default', () => {
    const lived = lives(100, {});
    expect(Math.min(...lived)).toBeGreaterThanOrEqual(0.9 * LIFETIME);
    expect(Math.max(...lived) - Math.min(...lived)).toBeGreaterThan(0.07 * LIFETIME);
  });

  it('of 0 takes off nothing', () => {
    for (const life of lives(10, { lifetimeJitter: 0 })) expect(life).toBeGreaterThanOrEqual(LIFETIME);
  });

  it.each([
    [0, LIFETIME],
    [0.5, 0.75 * LIFETIME],
    [1 - Number.EPSILON, 0.5 * LIFETIME],
  ])('goes by random, here %d', (value, life) => {
    const [lived] = lives(1, { lifetimeJitter: 0.5, random: () => value });
    expect(lived).toBeGreaterThanOrEqual(life * (1 - 1e-9));
    expect(lived).toBeLessThanOrEqual(life + SLACK);
  });

  it('is drawn once, at birth, whatever becomes of the connection', () => {
    let drawn = 0;
    const { pool, clock } = instantLab({
      ...{ max: 3, maxLifetime: LIFETIME, idleTimeout: Infinity, lifetimeJitter: 0.5 },
      ...{ clean: () => true, validate: () => true, validateEvery: 10_000 },
      random: () => {
        drawn++;
        return 0.5;
      },
    });
    borrowMany(pool, 3).forEach((lease) => lease.release());
    expect(drawn).toBe(3);
    for (let i = 0; i < 70; i++) {
      clock.advance(10_000);
      record(pool.use(() => EMPTY));
    }
    expect(drawn).toBe(3);
  });

  it.each([-0.1, 1.1, NaN, Infinity, '0.1'])('is refused where it is %j', (lifetimeJitter) => {
    expect(() => instantLab({ lifetimeJitter: lifetimeJitter as number })).toThrow(/lifetimeJitter/);
  });
});
