import { from, take } from 'rxjs';
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
      let ended = false;
      const end = (tell: () => void): void => {
        if (ended) return;
        ended = true;
        tell();
      };
      try {
        const subscription = from(delay(error, attempt))
          .pipe(take(1))
          .subscribe({
            next: () => {
              end(() => {
                outcome.ready();
              });
            },
            error: (reason: unknown) => {
              end(() => {
                outcome.giveUp(reason);
              });
            },
            // RxJS's retry completes here, which a reader of the stream would take for a clean end.
            complete: () => {
              end(() => {
                outcome.giveUp(error);
              });
            },
          });
        return () => {
          ended = true;
          subscription.unsubscribe();
        };
      } catch (thrown) {
        outcome.giveUp(thrown);
        return () => undefined;
      }
    },
  };
}

function isBackoff(delay: object): delay is Backoff {
  return 'duration' in delay && typeof delay.duration === 'function';
}
