import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/endpoint/system-clock.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const HOUR = 3_600_000;

/** As exact as the monotonic clock, and in step with it: the time of day is neither. */
const real = (): number => performance.timeOrigin + performance.now();

/** Waits until the clock is read anew. */
const nextRead = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

it('the time that the machine slept has passed, and stays passed when the time of day is set back', async () => {
  const clock = systemClock();
  const before = clock.now();
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => real() + HOUR);
  await nextRead();
  const after = clock.now();
  expect(after - before).toBeGreaterThanOrEqual(HOUR);
  expect(after - before).toBeLessThan(HOUR + 60_000);
  spy.mockImplementation(() => real() - HOUR);
  await nextRead();
  expect(clock.now()).toBeGreaterThanOrEqual(after);
});

it('a time of day that is corrected a little changes nothing', async () => {
  const clock = systemClock();
  const offset = (): number => clock.now() - real();
  const before = offset();
  vi.spyOn(Date, 'now').mockImplementation(() => real() + 500);
  await nextRead();
  expect(Math.abs(offset() - before)).toBeLessThan(250);
});
