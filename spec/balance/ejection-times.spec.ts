import { describe, expect, it } from 'vitest';
import type { EjectionConfig } from '../../src/balance/ejection-config.js';
import { EjectionLab, type Server } from './ejection-lab.js';

/** Fails each time it is tried, and tells how long it was out each time. */
function durationsOf(config: EjectionConfig, count: number, random?: () => number): number[] {
  const lab = new EjectionLab(2, config, random);
  const a = lab.servers[0]!;
  lab.ejectUntilProbing(a);
  for (let i = 1; i < count; i++) {
    lab.probe(a, 'failed');
    lab.runUntil(a.record.until);
  }
  return lab.told.flatMap((told) => (told.type === 'ejected' ? [told.duration] : []));
}

describe('how long an ejection lasts', () => {
  it('grows by 30 s each time in a row, up to 5 minutes', () => {
    expect(durationsOf({}, 12).map((duration) => duration / 1_000)).toEqual([
      30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300,
    ]);
  });

  it('goes by the times that were asked for', () => {
    expect(durationsOf({ baseTime: 1_000, maxTime: 2_500 }, 4)).toEqual([1_000, 2_000, 2_500, 2_500]);
  });

  it('is never less than the base time', () => {
    expect(durationsOf({ baseTime: 400_000 }, 2)).toEqual([400_000, 400_000]);
  });

  it('has no end to its growth when that was asked for', () => {
    expect(durationsOf({ maxTime: Infinity }, 20).at(-1)).toBe(600_000);
  });

  it.each([
    { jitter: 0, random: 0.5, duration: 30_000 },
    { jitter: undefined, random: 0.5, duration: 31_500 },
    { jitter: undefined, random: 0, duration: 30_000 },
    { jitter: 1, random: 0.25, duration: 37_500 },
  ])('has $jitter of it added at random', ({ jitter, random, duration }) => {
    expect(durationsOf({ jitter }, 1, () => random)[0]).toBeCloseTo(duration, 6);
  });

  it('has chance on top of the longest', () => {
    expect(durationsOf({ baseTime: 300_000, jitter: 0.5 }, 2, () => 0.5)).toEqual([375_000, 375_000]);
  });
});

describe('the end of an ejection', () => {
  it('comes in its time, and the next deadline says when', () => {
    const lab = new EjectionLab(3);
    lab.now = 1_000;
    lab.fail(lab.servers[0]!, 5);
    lab.tickAt(11_000);
    expect(lab.ejection.nextDeadline()).toBe(31_000);
    lab.news();

    lab.tickAt(30_999);
    expect(lab.news()).toEqual([]);
    lab.tickAt(31_000);

    expect(lab.news()).toEqual([{ name: 'a', type: 'probing' }]);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
  });

  it('is the first of several', () => {
    const lab = new EjectionLab(30);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    lab.tickAt(12_000);
    lab.fail(b, 5);
    lab.tickAt(22_000);
    expect(lab.ejection.nextDeadline()).toBe(30_000);
    lab.tickAt(30_000);
    expect(lab.ejection.nextDeadline()).toBe(42_000);
    expect(lab.news()).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'a', type: 'probing' }]);
  });
});

describe('a flapping endpoint', () => {
  /** It returns, stays in for so long, and fails again. */
  function timesAfter(stay: number, config: EjectionConfig = {}): number[] {
    const lab = new EjectionLab(2, config);
    const a = lab.servers[0]!;
    for (let i = 0; i < 4; i++) {
      lab.ejectUntilProbing(a);
      lab.probe(a, 'succeeded');
      lab.runUntil(lab.now + stay);
    }
    return lab.told.flatMap((told) => (told.type === 'ejected' ? [told.times] : []));
  }

  it('is out for longer each time, and less so the longer it was good between', () => {
    expect(timesAfter(9_999)).toEqual([1, 2, 3, 4]);
    expect(timesAfter(10_000)).toEqual([1, 1, 1, 1]);
    expect(timesAfter(10_000, { interval: 10_001 })).toEqual([1, 2, 3, 4]);
  });

  it('has one time in a row fewer for each interval', () => {
    const lab = new EjectionLab(2);
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    for (let i = 0; i < 4; i++) {
      lab.probe(a, 'failed');
      lab.runUntil(a.record.until);
    }
    lab.probe(a, 'succeeded');
    expect(a.record.timesInRow).toBe(5);

    // Nothing has to happen meanwhile.
    lab.runUntil(lab.now + 29_000);
    lab.fail(a, 5);

    expect(lab.told.at(-1)).toMatchObject({ type: 'ejected', reason: 'consecutive', times: 4, duration: 120_000 });
  });

  it('shows it at the end of an interval', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.ejectUntilProbing(a);
    lab.probe(a, 'failed');
    lab.runUntil(a.record.until);
    lab.probe(a, 'succeeded');
    lab.succeed(b);
    expect(a.record.timesInRow).toBe(2);

    lab.runUntil(lab.now + 10_000);
    expect(a.record.timesInRow).toBe(1);
    lab.succeed(b);
    lab.runUntil(lab.now + 10_000);
    expect(a.record.timesInRow).toBe(0);
    lab.succeed(b);
    lab.runUntil(lab.now + 10_000);
    expect(a.record.timesInRow).toBe(0);
  });

  it('loses as many when the ends of intervals come late', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.ejectUntilProbing(a);
    for (let i = 0; i < 2; i++) {
      lab.probe(a, 'failed');
      lab.runUntil(a.record.until);
    }
    lab.probe(a, 'succeeded');
    const back = lab.now;
    lab.succeed(b);
    lab.tickAt(back + 15_000);
    expect(a.record.timesInRow).toBe(2);

    lab.now = back + 20_000;
    lab.fail(a, 5);

    expect(lab.told.at(-1)).toMatchObject({ type: 'ejected', times: 2 });
  });

  it('loses nothing of it while it is out', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.ejectUntilProbing(a);
    for (let i = 0; i < 10; i++) {
      lab.succeed(b);
      lab.runUntil(lab.now + 10_000);
    }
    expect(a.record.timesInRow).toBe(1);
    lab.probe(a, 'failed');
    expect(lab.told.at(-1)).toMatchObject({ times: 2 });
  });

  it('needs not longer to recover than the longest ejection is worth', () => {
    const lab = new EjectionLab(2, { maxTime: 60_000 });
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    for (let i = 0; i < 50; i++) {
      lab.probe(a, 'failed');
      lab.runUntil(a.record.until);
    }
    expect(a.record).toMatchObject({ timesInRow: 2, ejections: 51 });
  });
});

describe('a jump of the clock', () => {
  it('forward ends an ejection and the interval at once, and each of them once', () => {
    const lab = new EjectionLab(30);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    for (let i = 0; i < 6; i++) {
      lab.fail(b, 4);
      lab.succeed(b);
    }
    lab.news();

    lab.tickAt(86_400_000);

    expect(lab.news()).toMatchObject([
      { name: 'a', type: 'probing' },
      { name: 'b', type: 'ejected', reason: 'failureRate' },
    ]);
    expect(lab.ejection.nextDeadline()).toBe(86_430_000);
  });

  it('forward takes no more times away than there are', () => {
    const lab = new EjectionLab(2);
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');
    lab.now += 86_400_000;
    lab.fail(a, 5);
    expect(lab.told.at(-1)).toMatchObject({ times: 1, duration: 30_000 });
  });

  it('back ends nothing, and adds no times', () => {
    const lab = new EjectionLab(2);
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');
    lab.news();

    lab.tickAt(5_000);
    expect(lab.news()).toEqual([]);
    expect(a.record.warmth(5_000)).toBe(0.1);
    for (let i = 0; i < 5; i++) lab.ejection.failed(a, 30_000, 5_000);

    expect(lab.news()).toMatchObject([{ type: 'ejected', times: 2, duration: 60_000 }]);
  });
});
