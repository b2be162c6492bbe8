import type { Rule } from '../endpoint/check-config.js';

/** Options of one request. */
export interface RequestConfig {
  /**
   * How long until the last answer, in ms, over the wait for a connection and all attempts. `Infinity` = for ever.
   *
   * @default the client's
   */
  readonly timeout?: number | undefined;
  /** Ends the request with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * It does no harm when the server sees it twice: when the connection is lost before its first answer, it is asked again
   * on another one. A request that had not been written is asked again in any case.
   *
   * @default false
   */
  readonly idempotent?: boolean | undefined;
}

export const requestRules: Readonly<Record<keyof RequestConfig, Rule>> = {
  timeout: { number: [0, Infinity] },
  signal: { is: 'object' },
  idempotent: { is: 'boolean' },
};
