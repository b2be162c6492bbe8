import { defer, take, throwIfEmpty } from 'rxjs';
import type { Backoff } from './backoff.js';
import type { RetryConfig } from './retry-config.js';

/** How a notifier ends. */
export interface DelayOutcome {
  ready(): void;
  giveUp(error: unknown): void;
}

/** A `retry.delay` of any shape, as its gate uses it. */
export interface RetryDelay {
  /** The delay after a failure: its length in ms where that is known, else what starts its notifier and returns what stops it. */
  start(error: unknown, attempt: number): number | ((outcome: DelayOutcome) => () => void);
  /** How far apart connections are opened while the endpoint is not yet proven, in ms. */
  pace(): number;
}

/** The pace where the delay is a notifier of unknown length: the first delay of the default backoff. */
const UNKNOWN_PACE = 100;

/** Tells delays of known length, which run on the injected clock, from notifiers, which are subscribed. */
export function retryDelay(delay: NonNullable<RetryConfig['delay']>, random: () => number): RetryDelay {
  if (typeof delay === 'number') return { start: () => delay, pace: () => delay };
  if (isBackoff(delay)) {
    const chance = delay.random ?? random;
    return { start: (_error, attempt) => delay.duration(attempt, chance), pace: () => delay.duration(1, chance) };
  }
  return {
    pace: () => UNKNOWN_PACE,
    start: (error, attempt) => (outcome) => {
      const notifier = defer(() => delay(error, attempt));
      // RxJS's retry completes where it says nothing, which a reader of the stream would take for a clean end.
      const waiting = notifier
        .pipe(
          take(1),
          throwIfEmpty(() => error),
        )
        .subscribe({
          next: () => outcome.ready(),
          error: (reason: unknown) => outcome.giveUp(reason),
        });
      return () => waiting.unsubscribe();
    },
  };
}

function isBackoff(delay: object): delay is Backoff {
  return 'duration' in delay && typeof delay.duration === 'function';
}
