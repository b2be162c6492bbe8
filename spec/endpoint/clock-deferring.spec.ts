import { queueScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/endpoint/system-clock.js';
import { toClock } from '../../src/endpoint/to-clock.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the system clock where there is no setImmediate, as in browsers', () => {
  it('defers all the same', () => {
    vi.stubGlobal('setImmediate', undefined);
    const deferred = vi.fn();
    systemClock().defer(deferred);
    expect(deferred).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(deferred).toHaveBeenCalledOnce();
  });
});

describe('the clock of a scheduler that runs at once what has no delay', () => {
  it.each<[string, (fn: () => void) => void]>([
    ['what is deferred', (fn) => toClock(queueScheduler).defer(fn)],
    ['what is set for a time that has passed', (fn) => toClock(queueScheduler).set(0, fn)],
  ])('runs %s later, and once', (_name, arrange) => {
    const ran = vi.fn();
    arrange(ran);
    expect(ran).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(ran).toHaveBeenCalledOnce();
  });

  it('lets it be cancelled until then', () => {
    const ran = vi.fn();
    toClock(queueScheduler).set(0, ran).cancel();
    vi.advanceTimersByTime(10);
    expect(ran).not.toHaveBeenCalled();
  });
});
