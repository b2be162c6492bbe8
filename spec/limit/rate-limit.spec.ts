import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { rateLimit, type RateLimitConfig } from '../../src/limit/rate-limit.js';
import type { Rate } from '../../src/endpoint/token-bucket.js';
import type { Limit } from '../../src/limit/limit.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { askMany, FakeEntrant } from './fake-entrant.js';

function lab(config: Omit<RateLimitConfig, 'clock'>): { readonly limit: Limit; readonly clock: VirtualClock } {
  const clock = new VirtualClock();
  return { limit: rateLimit({ ...config, clock }), clock };
}

/** Time passes, and the timer rings late, when the test says so. */
function lateLab(rate: Rate): { limit: Limit; sleep: (ms: number) => void; ring: () => void } {
  let time = 1_000;
  let ring = (): void => undefined;
  const timer = { cancel: () => undefined, ref: () => undefined, unref: () => undefined };
  const set = (_at: number, fn: () => void): typeof timer => {
    ring = fn;
    return timer;
  };
  const clock = { now: () => time, set, defer: () => undefined };
  return { limit: rateLimit({ ...rate, clock }), sleep: (ms) => (time += ms), ring: () => ring() };
}

/** How many get leave without waiting. */
function enterAll(limit: Limit, key = 'a'): number {
  let count = 0;
  while (limit.enter(key)) count++;
  return count;
}

describe('a rate limit', () => {
  it('gives each key leave for a burst, and then for as many as time has brought', () => {
    const { limit, clock } = lab({ perSecond: 10, burst: 3 });
    expect([enterAll(limit), enterAll(limit, 'b')]).toEqual([3, 3]);
    clock.advance(99);
    expect(enterAll(limit)).toBe(0);
    clock.advance(1);
    expect(enterAll(limit)).toBe(1);
    clock.advance(200);
    expect(enterAll(limit)).toBe(2);
    clock.advance(60_000);
    expect(enterAll(limit)).toBe(3);
  });

  it.each([
    [{ perSecond: 5 }, 5],
    [{ perSecond: 0.5 }, 1],
    [{ perSecond: 2.5 }, 2],
    [{ perSecond: 2, burst: 7 }, 7],
  ])('%j gives leave for %i at once', (config, count) => {
    expect(enterAll(lab(config).limit)).toBe(count);
  });

  it('says what it is and allows', () => {
    expect(lab({ perSecond: 0.5 }).limit).toMatchObject({ name: 'rate limit', bound: '0.5 a second' });
  });

  it('does not mind how long what had leave takes', () => {
    const { limit } = lab({ perSecond: 1 });
    limit.enter('a');
    limit.exit('a');

    expect(limit.enter('a')).toBe(false);
  });

  it('takes back leave that was not used, and gives it to the next in line', () => {
    const { limit, clock } = lab({ perSecond: 1 });
    const served: string[] = [];
    askMany(limit, 'a', 3, served);
    limit.retract('a');
    expect(served).toEqual(['a0', 'a1']);
    clock.advance(999);
    expect(served).toEqual(['a0', 'a1']);
    clock.advance(1);
    expect(served).toEqual(['a0', 'a1', 'a2']);
    limit.retract('nobody');
  });

  it('serves those in line as their turns come, the first come first, and lets nobody pass them', () => {
    const { limit, clock } = lab({ perSecond: 10, burst: 1 });
    const served: string[] = [];
    askMany(limit, 'a', 4, served);
    clock.advance(100);
    expect(limit.enter('a')).toBe(false);
    clock.advance(150);

    expect(served).toEqual(['a0', 'a1', 'a2']);
  });

  it('does not let a greedy key keep others waiting', () => {
    const { limit, clock } = lab({ perSecond: 10, burst: 1 });
    const served: string[] = [];
    askMany(limit, 'a', 1_000, served);
    askMany(limit, 'b', 3, served);
    clock.advance(200);

    expect(served).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });

  it('lets keys take turns, also where all are late', () => {
    const { limit, sleep, ring } = lateLab({ perSecond: 10, burst: 3 });
    const served: string[] = [];
    for (const key of 'abc') enterAll(limit, key);
    for (const key of 'abc') askMany(limit, key, 3, served);
    // The process stands still, and then all is due at once.
    sleep(250);
    ring();
    sleep(10_000);
    ring();

    expect(served.map(([key]) => key)).toHaveLength(9);
    for (const turn of [0, 3, 6])
      expect(
        served
          .slice(turn, turn + 3)
          .map(([key]) => key)
          .sort(),
      ).toEqual(['a', 'b', 'c']);
  });

  it('lets nobody pass those in line, also where their turn is told late', () => {
    const { limit, sleep, ring } = lateLab({ perSecond: 10, burst: 1 });
    const served: string[] = [];
    askMany(limit, 'a', 2, served);
    sleep(1_000);
    expect(limit.enter('a')).toBe(false);
    ring();
    expect(served).toEqual(['a0', 'a1']);
  });

  it('forgets whoever gives up waiting', () => {
    const { limit, clock } = lab({ perSecond: 10, burst: 1 });
    const served: string[] = [];
    const all = askMany(limit, 'a', 4, served);
    limit.leave('a', all[1]!);
    limit.leave('a', all[3]!);
    clock.advance(1_000);

    expect(served).toEqual(['a0', 'a2']);
  });

  it('has one timer for all keys, which keeps no process alive and is gone when nobody has asked for a while', () => {
    const { limit, clock } = lab({ perSecond: 1 });
    for (let i = 0; i < 100; i++) limit.enter(`${i % 50}`, new FakeEntrant());
    expect(clock.upcoming).toHaveLength(1);
    expect(clock.keepsAlive).toBe(false);
    clock.advance(10_000);

    expect(clock.pending).toBe(0);
  });

  it('may be asked again by whoever has just got leave', () => {
    const { limit, clock } = lab({ perSecond: 10, burst: 1 });
    let times = 0;
    const again = (): void => {
      if (++times < 5 && limit.enter('a', new FakeEntrant(again))) again();
    };
    limit.enter('a');
    limit.enter('a', new FakeEntrant(again));
    clock.advance(350);
    expect(times).toBe(3);
    clock.advance(10_000);
    expect(times).toBe(5);
  });

  it.each([3, 7, 0.3])('keeps the pace of %d a second, in real dates', (perSecond) => {
    const clock = new VirtualClock(1_700_000_000_000.123);
    const limit = rateLimit({ perSecond, burst: 1, clock });
    const served: string[] = [];
    askMany(limit, 'a', 110, served);
    clock.advance((99.5 * 1_000) / perSecond);
    expect(served).toHaveLength(100);
    clock.advance(1_000 / perSecond);
    expect(served).toHaveLength(101);
  });

  it('comes to rest where its pace is as fine as time', () => {
    const clock = new VirtualClock(1_700_000_000_000.123);
    const limit = rateLimit({ perSecond: 100_000, burst: 1, clock });
    const served: string[] = [];
    askMany(limit, 'a', 1_001, served);
    clock.advance(9);
    expect(served.length).toBeLessThan(950);
    clock.advance(2);
    expect(served).toHaveLength(1_001);
  });

  it('takes time from a scheduler as well', () => {
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(() => {
      const limit = rateLimit({ perSecond: 10, burst: 1, clock: scheduler });
      const served: string[] = [];
      askMany(limit, 'a', 3, served);
      scheduler.schedule(() => served.push('150 ms'), 150);
      scheduler.flush();
      expect(served).toEqual(['a0', 'a1', '150 ms', 'a2']);
    });
  });

  it('keeps nothing of keys that nobody uses', async () => {
    const { limit, clock } = lab({ perSecond: 10 });
    await collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 300_000; i++) {
      limit.enter(`client ${i}`);
      if (i % 100 === 0) clock.advance(10);
    }
    await collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    clock.advance(5_000);
    await collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
  });

  it('does not forget a key too early', () => {
    const { limit, clock } = lab({ perSecond: 1, burst: 3 });
    limit.enter('other');
    clock.advance(2_900);
    expect(enterAll(limit)).toBe(3);
    clock.advance(900);
    expect(enterAll(limit)).toBe(0);
    clock.advance(200);
    expect(enterAll(limit)).toBe(1);
    clock.advance(1_950);
    expect(enterAll(limit)).toBe(2);
  });
});

describe('the options of a rate limit', () => {
  const range = 'a number from 0.000001 to 100000';
  it.each([
    [undefined, TypeError, 'rateLimit: perSecond is missing; it is how often a second something may happen'],
    [{ burst: 5 }, TypeError, 'rateLimit: perSecond is missing; it is how often a second something may happen'],
    [{ perSecond: 0 }, RangeError, `rateLimit: perSecond must be ${range}, got 0`],
    [{ perSecond: Infinity }, RangeError, `rateLimit: perSecond must be ${range}, got Infinity`],
    [{ perSecond: NaN }, RangeError, `rateLimit: perSecond must be ${range}, got NaN`],
    [{ perSecond: '5' }, TypeError, `rateLimit: perSecond must be ${range}, got "5"`],
    [{ perSecond: 5, burst: 0 }, RangeError, 'rateLimit: burst must be an integer from 1 to 9007199254740991, got 0'],
    [{ perSecond: 5, clock: 1 }, TypeError, 'rateLimit: clock must be an object, got 1'],
    [{ perSecond: 5, max: 1 }, TypeError, 'rateLimit: unknown option max; known are perSecond, burst, clock'],
  ])('are refused where they are %j', (config, type, message) => {
    expect(() => rateLimit(config as never)).toThrow(new type(message));
  });
});
