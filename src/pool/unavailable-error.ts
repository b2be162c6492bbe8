import { RxpoolError } from '../endpoint/rxpool-error.js';
import { describeBorrower, describePicture, latestError, type PoolPicture } from './pool-picture.js';

/** With `failFast`: every endpoint that could serve the borrower is down. `cause` is the latest error of one of them. */
export class UnavailableError extends RxpoolError<PoolPicture> {
  static override readonly code = 'RXPOOL_UNAVAILABLE';
  declare readonly code: typeof UnavailableError.code;

  /** @param index the only endpoint that the borrower wanted */
  constructor(picture: PoolPicture, index?: number) {
    super(`pool ${picture.pool}: no endpoint is up${describeBorrower(picture)} (${describePicture(picture)})`, {
      info: picture,
      retryable: true,
      cause: index === undefined ? latestError(picture) : picture.endpoints[index]?.status.error,
    });
  }
}
