import { expect, it } from 'vitest';
import { systemClock } from '../../src/endpoint/system-clock.js';

it('a timer that fires late is told the time, not what was read before the event loop was blocked', async () => {
  const clock = systemClock();
  const late = await new Promise<number>((resolve) => {
    // What is read here serves until the next immediate, and timers come before that.
    setImmediate(() => {
      const at = clock.now() + 10;
      clock.set(at, () => resolve(clock.now() - at));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    });
  });
  expect(late).toBeGreaterThanOrEqual(0);
});
