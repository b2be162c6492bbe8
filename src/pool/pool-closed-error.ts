import { RxpoolError } from '../endpoint/rxpool-error.js';

/** The pool takes no more borrowers: `close` has been called. */
export class PoolClosedError extends RxpoolError<{ readonly pool: string }> {
  static override readonly code = 'RXPOOL_POOL_CLOSED';
  declare readonly code: typeof PoolClosedError.code;

  constructor(pool: string) {
    super(`pool ${pool} is closed`, { info: { pool }, retryable: false });
  }
}
