import { Subscription, type SchedulerLike } from 'rxjs';
import type { Clock } from './clock.js';
import { systemClock } from './system-clock.js';

/** The platform's timers, which most schedulers stand on, take no more. */
const LONGEST_DELAY = 2_147_483_647;

/**
 * The clock that an option names: a {@link Clock} as it is, an RxJS scheduler adapted, the system's when there is none.
 *
 * With a `TestScheduler` or `VirtualTimeScheduler` every delay of rxpool is virtual. Timers of a scheduler cannot be unref'ed.
 */
export function toClock(source: Clock | SchedulerLike | undefined): Clock {
  if (source === undefined) return systemClock();
  if (!('schedule' in source)) return source;
  return {
    now: () => source.now(),
    set(at, fn) {
      const timer = new Subscription();
      const arm = (): void => {
        const wait = Math.max(0, at - source.now());
        timer.add(wait <= LONGEST_DELAY ? later(source, fn, wait) : later(source, arm, LONGEST_DELAY));
      };
      if (at !== Infinity) arm();
      return {
        cancel() {
          timer.unsubscribe();
        },
        ref() {},
        unref() {},
      };
    },
    defer(fn) {
      later(source, fn, 0);
    },
  };
}

/** Some schedulers run at once, within the call, what has no delay. */
function later(source: SchedulerLike, fn: () => void, wait: number): Subscription {
  let isCalling = true;
  const action = new Subscription();
  action.add(
    source.schedule(() => {
      if (isCalling) action.add(source.schedule(fn, 1));
      else fn();
    }, wait),
  );
  isCalling = false;
  return action;
}
