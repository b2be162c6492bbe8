import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/endpoint/system-clock.js';

const FAR = 2 ** 32;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'] });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Whether the timers that `body` sets keep the process alive. */
function refsOf(body: () => void): boolean[] {
  const handles: NodeJS.Timeout[] = [];
  const set = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number) => {
    const handle = set(fn, ms);
    handles.push(handle);
    return handle;
  }) as typeof setTimeout);
  body();
  return handles.map((handle) => handle.hasRef());
}

describe('a timer on its way to a far time', () => {
  it('keeps the process alive from its start', () => {
    systemClock().set(1_000_000 + FAR, () => undefined);
    expect(refsOf(() => vi.advanceTimersByTime(2 ** 31))).toEqual([true]);
  });

  it('keeps the process alive again once it is told to', () => {
    const timer = systemClock().set(1_000_000 + FAR, () => undefined);
    timer.unref();
    timer.ref();
    expect(refsOf(() => vi.advanceTimersByTime(2 ** 31))).toEqual([true]);
  });
});

describe('a timer where handles are numbers, as in browsers', () => {
  it('does not mind being asked to keep anything alive', () => {
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((() => 7) as unknown as typeof setTimeout);
    const timer = systemClock().set(1_000_100, () => undefined);
    expect(() => {
      timer.unref();
      timer.ref();
    }).not.toThrow();
  });
});
