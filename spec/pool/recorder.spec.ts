import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../src/pool/recorder.js';

/** A loan that ends now, as the pool counts it. */
function endLoan(
  recorder: Recorder,
  now: number,
  how: 'released' | 'destroyed' | 'detached' | 'lostLent' = 'released',
): boolean {
  recorder.totals[how]++;
  const isDue = recorder.isDue(now);
  if (isDue) recorder.loanEnded(0, 5, now);
  return isDue;
}

/** So many loans a second, from `from` to before `to`. */
function steady(recorder: Recorder, perSecond: number, from: number, to: number): void {
  for (let now = from; now < to; now += 1_000 / perSecond) endLoan(recorder, now);
}

describe('the throughput', () => {
  it('is that since the start while the pool is young, for no less than a second', () => {
    const recorder = new Recorder(0);
    endLoan(recorder, 100);
    expect(recorder.rates(100).throughput).toBe(1);
    endLoan(recorder, 400);
    expect(recorder.rates(500).throughput).toBe(2);
    expect(recorder.rates(2_000).throughput).toBe(1);
  });

  it('is that of the last 10 s, whatever was before', () => {
    const recorder = new Recorder(0);
    steady(recorder, 20, 0, 30_000);
    expect(recorder.rates(30_000).throughput).toBeCloseTo(20, 0);
    steady(recorder, 2, 30_000, 45_000);
    expect(recorder.rates(45_000).throughput).toBeCloseTo(2, 0);
  });

  it('falls while nothing happens, and is 0 once nothing has happened for a window', () => {
    const recorder = new Recorder(0);
    steady(recorder, 10, 0, 20_000);
    const then = recorder.rates(20_000).throughput;
    const later = recorder.rates(25_000).throughput;
    expect(later).toBeLessThan(then);
    expect(later).toBeGreaterThan(0);
    expect(recorder.rates(32_000).throughput).toBe(0);
  });

  it('takes no account of what a quiet window separates from now', () => {
    const recorder = new Recorder(0);
    steady(recorder, 50, 0, 5_000);
    steady(recorder, 2, 60_000, 62_000);
    expect(recorder.rates(62_000).throughput).toBeLessThanOrEqual(2);
    expect(recorder.rates(62_000).throughput).toBeGreaterThan(1);
  });

  it('counts from the newest mark that is a window old', () => {
    const recorder = new Recorder(0);
    endLoan(recorder, 1_000);
    for (let i = 0; i < 50; i++) endLoan(recorder, 1_500);
    steady(recorder, 1, 2_000, 12_000);
    expect(recorder.rates(11_000).throughput).toBe(6);
    expect(recorder.rates(12_000).throughput).toBe(0.9);
  });
});

describe('a recorder', () => {
  it('does not grow with time', () => {
    const recorder = new Recorder(0);
    steady(recorder, 1, 0, 100_000);
    const size = serialize(recorder).length;
    steady(recorder, 1, 100_000, 1_000_000);
    expect(serialize(recorder).length).toBeLessThan(size + 100);
  });
});

describe('the error rate', () => {
  it('is the share of what broke or was refused', () => {
    const recorder = new Recorder(0);
    for (const how of ['released', 'destroyed', 'lostLent', 'detached'] as const) endLoan(recorder, 100, how);
    recorder.totals.timedOut++;
    recorder.totals.rejected += 2;
    expect(recorder.rates(500)).toEqual({ throughput: 4, errorRate: 5 / 7 });
  });

  it('is that of the last 10 s', () => {
    const recorder = new Recorder(0);
    for (let now = 0; now < 10_000; now += 100) endLoan(recorder, now, 'destroyed');
    expect(recorder.rates(10_000).errorRate).toBe(1);
    steady(recorder, 10, 10_000, 30_000);
    expect(recorder.rates(30_000).errorRate).toBe(0);
    for (let now = 30_000; now < 45_000; now += 100) endLoan(recorder, now, now % 200 === 0 ? 'destroyed' : 'released');
    expect(recorder.rates(45_000).errorRate).toBeCloseTo(0.5, 1);
  });
});

describe('the samples of loans', () => {
  it('are all of the first 256 of them, then one in 16, and one at least each second', () => {
    const recorder = new Recorder(0);
    const due = (count: number, now: number): number =>
      Array.from({ length: count }, () => endLoan(recorder, now)).filter(Boolean).length;
    expect(due(256, 0)).toBe(256);
    expect(due(1_600, 0)).toBe(100);
    expect(due(5, 999)).toBe(0);
    expect(due(1, 1_000)).toBe(1);
    expect(due(1, 1_500)).toBe(0);
    expect(due(1, 2_000)).toBe(1);
  });
});
