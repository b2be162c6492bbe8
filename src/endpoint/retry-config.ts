import type { ObservableInput } from 'rxjs';
import type { Rule } from './check-config.js';

/** When an endpoint tries again: the shape of RxJS's own `retry`, and what a shared endpoint needs besides. */
export interface RetryConfig {
  /** Retries in a row before giving up. @default Infinity */
  readonly count?: number | undefined;
  /**
   * The delay before retry number `attempt` (from 1): ms, or a function that returns a notifier whose first value starts the attempt. A
   * notifier that errors or completes without a value gives up. @default exponentialBackoff()
   */
  readonly delay?: number | ((error: unknown, attempt: number) => ObservableInput<unknown>) | undefined;
  /** A connection must live this long, in ms, before the endpoint counts as up again and the delays start over. @default 5_000 */
  readonly resetAfter?: number | undefined;
  /** False gives up at once. @default errors with `retryable: false` are not retried */
  readonly shouldRetry?: ((error: unknown) => boolean) | undefined;
  /** The longest delay while a borrower waits, in ms. @default 1_000 */
  readonly urgentMax?: number | undefined;
}

export const retryRules: Readonly<Record<keyof RetryConfig, Rule>> = {
  count: { number: [0, Infinity] },
  delay: { anyOf: [{ number: [0, Infinity] }, { is: 'function' }] },
  resetAfter: { number: [0, Infinity] },
  shouldRetry: { is: 'function' },
  urgentMax: { number: [0, Infinity] },
};
