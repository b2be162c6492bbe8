import { RxpoolError } from '../endpoint/rxpool-error.js';

/** The pool takes no more borrowers: `close` has been called. */
export class PoolClosedError extends RxpoolError<{ readonly pool: string }> {
  static override readonly code: string = 'RXPOOL_POOL_CLOSED';

  constructor(pool: string) {
    super(`pool ${pool} is closed`, { info: { pool }, retryable: false });
  }
}
