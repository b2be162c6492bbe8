import { RxpoolError } from '../endpoint/rxpool-error.js';
import { describePicture, latestError, type PoolPicture } from './pool-picture.js';

/** A borrower got nothing within its `timeout`. `info` and the message say why; `cause` is the latest error of an endpoint that is down. */
export class AcquireTimeoutError extends RxpoolError<PoolPicture> {
  static override readonly code: string = 'RXPOOL_ACQUIRE_TIMEOUT';

  constructor(picture: PoolPicture) {
    const { pool, waited } = picture;
    super(`pool ${pool}: no connection within ${String(Math.round(waited))} ms (${describePicture(picture)})`, {
      info: picture,
      retryable: true,
      cause: latestError(picture),
    });
  }
}
