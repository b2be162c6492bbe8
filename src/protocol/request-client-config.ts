import type { Backoff } from '../endpoint/backoff.js';
import type { Rule } from '../endpoint/check-config.js';

/** The {@link requestClient} configuration object. */
export interface RequestClientConfig {
  /** How long a request may take, in ms, unless it says otherwise. @default 30_000 */
  readonly timeout?: number | undefined;
  /**
   * Requests under way at once, those included that wait for a connection and those that were given up and whose answer
   * is awaited still. @default 10_000
   */
  readonly maxInFlight?: number | undefined;
  /** Bytes that one connection may hold for a server that does not read them. @default 16 MiB */
  readonly maxBuffered?: number | undefined;
  /**
   * How long the answer to a request that was given up may still take, in ms, before the connection is. Until then it
   * keeps its place, so that no other request gets its answer.
   *
   * @default 5_000
   */
  readonly lateAfter?: number | undefined;
  /** How often one request is tried again. @default 3 */
  readonly retries?: number | undefined;
  /** How long to wait before that. @default exponentialBackoff({ initial: 20, max: 1_000 }) */
  readonly backoff?: Pick<Backoff, 'duration'> | undefined;
  /** The most retries over ten seconds, as a part of the requests; ten are always allowed, unless it is 0. @default 0.2 */
  readonly retryBudget?: number | undefined;
}

export const requestClientRules: Readonly<Record<keyof RequestClientConfig, Rule>> = {
  timeout: { number: [0, Infinity] },
  maxInFlight: { integer: [1, Number.MAX_SAFE_INTEGER] },
  maxBuffered: { integer: [1, Number.MAX_SAFE_INTEGER] },
  lateAfter: { number: [0, Infinity] },
  retries: { integer: [0, Number.MAX_SAFE_INTEGER] },
  backoff: { is: 'function' },
  retryBudget: { number: [0, 1] },
};
