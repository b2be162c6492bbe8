import { throwError, timer, type Observable } from 'rxjs';
import { checkConfig } from './check-config.js';
import { isRetryable } from './is-retryable.js';
import { systemRandom } from './system-random.js';

export interface BackoffConfig {
  /** The delay before the first retry, in ms, before jitter. @default 100 */
  readonly initial?: number | undefined;
  /** What each further delay is multiplied by. @default 2 */
  readonly factor?: number | undefined;
  /** The longest delay, in ms, before jitter. @default 30_000 */
  readonly max?: number | undefined;
  /**
   * How a delay `d` is spread, so that clients which failed together do not return together: `full` takes 0 to `d`, `equal` takes
   * `d / 2` to `d`, `none` takes `d`. @default 'full'
   */
  readonly jitter?: 'full' | 'equal' | 'none' | undefined;
  /** Numbers from 0 to below 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** A delay for `retry({ delay })` whose duration can also be asked for as a plain number. */
export interface Backoff {
  (error: unknown, attempt: number): Observable<0>;
  /** The delay before retry number `attempt` (from 1), in ms, jitter included. */
  duration(attempt: number, random?: () => number): number;
  /** The `random` that it was made with, if any. */
  readonly random?: () => number;
}

/**
 * Delays that grow exponentially, for any `retry({ delay })`.
 *
 * Errors with `retryable: false` are rethrown at once. RxJS's `retry` counts on and on, also over successes, unless it is told
 * `resetOnSuccess: true`: a worker that lives for long needs that. The two jitters are those of Marc Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015; `full` needs the fewest calls in its measurements.
 *
 * @example
 * ```ts
 * import { defer, retry } from 'rxjs';
 * import { exponentialBackoff } from 'rxpool';
 *
 * defer(() => fetch('https://example.test/'))
 *   .pipe(retry({ count: 5, delay: exponentialBackoff({ initial: 200, jitter: 'equal' }) }))
 *   .subscribe({ next: console.log, error: console.error });
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function exponentialBackoff(config: BackoffConfig = {}): Backoff {
  checkConfig('exponentialBackoff', config, {
    initial: { number: [0, Number.MAX_SAFE_INTEGER] },
    factor: { number: [1, Number.MAX_SAFE_INTEGER] },
    max: { number: [0, Number.MAX_SAFE_INTEGER] },
    jitter: { oneOf: ['full', 'equal', 'none'] },
    random: { is: 'function' },
  });
  const { initial = 100, factor = 2, max = 30_000, jitter = 'full', random: ownRandom = systemRandom } = config;

  function duration(attempt: number, random: () => number = ownRandom): number {
    const delay = Math.min(max, initial * Math.min(factor ** (attempt - 1), Number.MAX_VALUE));
    if (jitter === 'none') return delay;
    return jitter === 'full' ? delay * random() : delay * (0.5 + random() / 2);
  }

  function delay(error: unknown, attempt: number): Observable<0> {
    return isRetryable(error) ? timer(duration(attempt)) : throwError(() => error);
  }

  return Object.assign(delay, { duration, ...(config.random && { random: config.random }) });
}
