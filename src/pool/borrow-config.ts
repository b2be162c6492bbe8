import type { Rule } from '../endpoint/check-config.js';

/** Options of one borrow. */
export interface BorrowConfig {
  /** The longest wait, in ms. @default the pool's acquireTimeout */
  readonly timeout?: number;
  /** Ends the wait with the signal's reason. Once there is a lease it has no more effect. */
  readonly signal?: AbortSignal;
}

export const borrowRules: Readonly<Record<keyof BorrowConfig, Rule>> = {
  timeout: { number: [0, Infinity] },
  signal: { is: 'object' },
};
