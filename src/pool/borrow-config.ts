import type { Rule } from '../endpoint/check-config.js';
import type { Endpoint } from '../endpoint/endpoint.js';

/** Options of one borrow. */
export interface BorrowConfig {
  /** The longest wait, in ms. @default the pool's acquireTimeout */
  readonly timeout?: number | undefined;
  /** Ends the wait with the signal's reason. Once there is a lease it has no more effect. */
  readonly signal?: AbortSignal | undefined;
  /** Whoever has the highest is served first; an integer. @default 0 */
  readonly priority?: number | undefined;
  /** The only endpoint whose connections will do, or its address. @default any of the pool's */
  readonly endpoint?: Endpoint | string | undefined;
  /**
   * The client for whom it is, to whom the pool's `limits` apply; or what it is about, which has an endpoint of its own with `balance:
   * consistentHash()`. @default '', which has none
   */
  readonly key?: string | undefined;
  /** Names the borrower in timeout errors and leak reports. */
  readonly label?: string | undefined;
}

/** Whoever asks for nothing special. */
export const NO_CONFIG: BorrowConfig = {};

export const borrowRules: Readonly<Record<keyof BorrowConfig, Rule>> = {
  timeout: { number: [0, Infinity] },
  signal: { is: 'object' },
  priority: { integer: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] },
  endpoint: { anyOf: [{ is: 'string' }, { is: 'object' }] },
  key: { is: 'string' },
  label: { is: 'string' },
};
