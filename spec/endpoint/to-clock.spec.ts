import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toClock } from '../../src/endpoint/to-clock.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

describe('toClock', () => {
  it('takes a clock as it is', () => {
    const clock = new VirtualClock();
    expect(toClock(clock)).toBe(clock);
  });

  it('takes the clock of the system when there is none', () => {
    const now = toClock(undefined).now();
    expect(now).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
    expect(now).toBeGreaterThan(performance.timeOrigin);
  });

  it.each([
    ['a VirtualTimeScheduler', () => new VirtualTimeScheduler()],
    ['a TestScheduler', () => new TestScheduler(() => undefined)],
  ])('runs on the virtual time of %s', (_name, make) => {
    const scheduler = make();
    const clock = toClock(scheduler);
    const fired: [string, number][] = [];
    const note = (name: string) => (): unknown => fired.push([name, clock.now()]);
    clock.set(30, note('at 30'));
    clock.set(10, note('at 10'));
    const cancelled = clock.set(20, note('cancelled'));
    clock.set(-5, note('past'));
    clock.defer(note('deferred'));
    cancelled.cancel();
    cancelled.cancel();
    expect(fired).toEqual([]);
    expect(clock.now()).toBe(0);
    scheduler.flush();

    expect(fired).toEqual([
      ['past', 0],
      ['deferred', 0],
      ['at 10', 10],
      ['at 30', 30],
    ]);
  });

  it('sets timers at a time, not after a delay', () => {
    const scheduler = new VirtualTimeScheduler();
    const clock = toClock(scheduler);
    const fired: number[] = [];
    clock.set(10, () => clock.set(15, () => fired.push(clock.now())));
    scheduler.flush();

    expect(fired).toEqual([15]);
  });

  it('has no say over what keeps the process alive, and does not mind being asked', () => {
    const timer = toClock(new VirtualTimeScheduler()).set(10, () => undefined);
    expect(() => {
      timer.ref();
      timer.unref();
    }).not.toThrow();
  });

  it('never runs what is set for Infinity, on virtual time', () => {
    const scheduler = new TestScheduler(() => undefined);
    const fired = vi.fn();
    scheduler.run(() => {
      toClock(scheduler).set(Infinity, fired);
    });

    expect(fired).not.toHaveBeenCalled();
  });

  describe('of the asyncScheduler', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });

    afterEach(() => {
      vi.useRealTimers();
    });

    it.each([
      ['a time further than a timer of the platform reaches', 2 ** 31 + 5],
      ['Infinity', Infinity],
    ])('does not fire early for %s', (_name, wait) => {
      const delays: unknown[] = [];
      const set = globalThis.setInterval;
      vi.spyOn(globalThis, 'setInterval').mockImplementation(((fn: () => void, ms: number) => {
        delays.push(ms);
        return set(fn, ms);
      }) as typeof setInterval);
      const clock = toClock(asyncScheduler);
      clock.set(clock.now() + wait, () => undefined).cancel();
      vi.restoreAllMocks();

      // The platform takes anything longer for 1 ms.
      for (const ms of delays) expect(ms).toBeLessThanOrEqual(2 ** 31 - 1);
    });
  });
});
