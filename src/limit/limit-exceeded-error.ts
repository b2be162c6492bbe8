import { RxpoolError } from '../endpoint/rxpool-error.js';
import { describeBorrower } from './describe-borrower.js';

/** What a borrower asked for too much of. */
export interface LimitExcess {
  readonly pool: string;
  /** The client key of the borrow. */
  readonly key: string;
  /** Which limit: `quota` or `rate limit`. */
  readonly limit: string;
  /** What it allows a key. */
  readonly bound: string;
  /** What the borrower has said of itself. */
  readonly label?: string;
}

/** With `overLimit: 'error'`: the borrow is over a limit of its client key, and failed at once. */
export class LimitExceededError extends RxpoolError<LimitExcess> {
  static override readonly code = 'RXPOOL_LIMIT_EXCEEDED';
  declare readonly code: typeof LimitExceededError.code;

  constructor(excess: LimitExcess) {
    const { pool, key, limit, bound } = excess;
    super(`pool ${pool}: key ${JSON.stringify(key)} is over its ${limit} of ${bound}${describeBorrower(excess)}`, {
      info: excess,
      retryable: true,
    });
  }
}
