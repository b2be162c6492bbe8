import { describeBorrower } from '../limit/describe-borrower.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';
import { describePicture, latestError, type PoolPicture } from './pool-picture.js';

/**
 * With `failFast`: every endpoint that could serve the borrower is down. `cause` is the latest error of one of them. Or the only endpoint that
 * it wanted is no longer one of the pool's.
 */
export class UnavailableError extends RxpoolError<PoolPicture> {
  static override readonly code = 'RXPOOL_UNAVAILABLE';
  declare readonly code: typeof UnavailableError.code;

  constructor(picture: PoolPicture, why = 'no endpoint is up', cause: unknown = latestError(picture)) {
    super(`pool ${picture.pool}: ${why}${describeBorrower(picture)} (${describePicture(picture)})`, {
      info: picture,
      retryable: true,
      cause,
    });
  }
}
