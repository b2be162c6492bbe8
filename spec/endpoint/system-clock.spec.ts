import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/endpoint/system-clock.js';

const nextMacrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const timersAlive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('the system clock', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('tells ms since the epoch', () => {
    const before = performance.timeOrigin + performance.now();
    const now = systemClock().now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
  });

  it('reads the time once a macrotask, however often and by whatever it is asked', async () => {
    const read = vi.spyOn(performance, 'now');
    const clock = systemClock();
    for (let i = 0; i < 1_000; i++) clock.now();
    await Promise.resolve();
    clock.now();
    clock.set(clock.now() + 1_000, () => undefined).cancel();
    expect(read).toHaveBeenCalledTimes(1);
    await nextMacrotask();
    clock.now();
    clock.now();

    expect(read).toHaveBeenCalledTimes(2);
  });

  it('does not read the time at all while nobody asks', async () => {
    const read = vi.spyOn(performance, 'now');
    systemClock();
    await nextMacrotask();

    expect(read).not.toHaveBeenCalled();
  });

  it('does not let the time of one macrotask stand in a later one', async () => {
    const read = vi.spyOn(performance, 'now').mockReturnValue(5);
    const clock = systemClock();
    const first = clock.now();
    await nextMacrotask();
    read.mockReturnValue(105);

    expect(clock.now() - first).toBe(100);
  });

  it('defers to another macrotask, behind every microtask of this one', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      systemClock().defer(() => {
        order.push('deferred');
        resolve();
      });
      void Promise.resolve().then(() => order.push('microtask'));
      order.push('now');
    });

    expect(order).toEqual(['now', 'microtask', 'deferred']);
  });
});

describe('a timer of the system clock', () => {
  const START = 1_000_000;

  describe('on virtual time', () => {
    let loaded: typeof systemClock;

    beforeEach(async () => {
      vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
      // Loaded on fake timers, so that these tests do not depend on when the module looks the real ones up.
      vi.resetModules();
      ({ systemClock: loaded } = await import('../../src/endpoint/system-clock.js'));
    });

    afterEach(() => {
      vi.useRealTimers();
    });

    it('fires once, at its time', () => {
      const clock = loaded();
      const fired = vi.fn();
      clock.set(clock.now() + 100, fired);
      vi.advanceTimersByTime(99);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fired).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(10_000);

      expect(fired).toHaveBeenCalledOnce();
    });

    it('whose time has passed fires at once, but in a later macrotask', () => {
      const clock = loaded();
      const fired = vi.fn();
      clock.set(clock.now() - 5_000, fired);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);

      expect(fired).toHaveBeenCalledOnce();
    });

    it('never fires too early by a fraction of a ms', () => {
      const clock = loaded();
      const fired = vi.fn();
      clock.set(clock.now() + 10.25, fired);
      vi.advanceTimersByTime(10);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);

      expect(fired).toHaveBeenCalledOnce();
    });

    it.each([2 ** 31, 2 ** 31 + 5, 3 * 2 ** 31])('%d ms from now fires then, and not before', (wait) => {
      const clock = loaded();
      const fired = vi.fn();
      clock.set(clock.now() + wait, fired);
      vi.advanceTimersByTime(wait - 1);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(2);

      expect(fired).toHaveBeenCalledOnce();
    });

    it('goes by timers that were faked after the package was loaded, as those of a user are', () => {
      const clock = systemClock();
      const ran: string[] = [];
      clock.defer(() => ran.push('deferred'));
      const start = clock.now();
      vi.advanceTimersByTime(100);

      expect(clock.now() - start).toBe(100);
      expect(ran).toEqual(['deferred']);
    });

    it('at Infinity never fires', () => {
      const fired = vi.fn();
      loaded().set(Infinity, fired);
      vi.advanceTimersByTime(5 * 2 ** 31);

      expect(fired).not.toHaveBeenCalled();
    });

    it('may be cancelled, also on the way to a far time, after it fired, and twice', () => {
      const clock = loaded();
      const [near, far, fired] = [vi.fn(), vi.fn(), vi.fn()];
      const timers = [clock.set(clock.now() + 10, near), clock.set(clock.now() + 2 ** 32, far)];
      const done = clock.set(clock.now() + 5, fired);
      vi.advanceTimersByTime(5);
      timers[0]!.cancel();
      timers[0]!.cancel();
      vi.advanceTimersByTime(2 ** 31);
      timers[1]!.cancel();
      done.cancel();
      vi.advanceTimersByTime(2 ** 33);

      expect([near, far, fired].map((fn) => fn.mock.calls.length)).toEqual([0, 0, 1]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('stays unref-ed on its way to a far time', () => {
      const clock = loaded();
      const timer = clock.set(clock.now() + 2 ** 32, () => undefined);
      timer.unref();
      const handles: NodeJS.Timeout[] = [];
      const set = globalThis.setTimeout;
      vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number) => {
        const handle = set(fn, ms);
        handles.push(handle);
        return handle;
      }) as typeof setTimeout);
      vi.advanceTimersByTime(2 ** 31);
      vi.restoreAllMocks();

      expect(handles.map((handle) => handle.hasRef())).toEqual([false]);
    });
  });

  it('keeps the process alive, unless it is unref-ed, until it is ref-ed again', () => {
    const clock = systemClock();
    const before = timersAlive();
    const timer = clock.set(clock.now() + 60_000, () => undefined);
    expect(timersAlive() - before).toBe(1);
    timer.unref();
    expect(timersAlive() - before).toBe(0);
    timer.ref();
    expect(timersAlive() - before).toBe(1);
    timer.cancel();

    expect(timersAlive() - before).toBe(0);
  });
});
