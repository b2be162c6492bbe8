import { describeBorrower } from '../limit/describe-borrower.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';
import { describePicture, latestError, type PoolPicture } from './pool-picture.js';

/** What an {@link AcquireTimeoutError} knows. */
export interface AcquireTimeoutInfo extends PoolPicture {
  /** How long the borrower was ready to wait, in ms; where the event loop was busy, it has `waited` longer. */
  readonly timeout: number;
}

/** A borrower got nothing within its `timeout`. `info` and the message say why; `cause` is the latest error of an endpoint that is not up. */
export class AcquireTimeoutError extends RxpoolError<AcquireTimeoutInfo> {
  static override readonly code = 'RXPOOL_ACQUIRE_TIMEOUT';
  declare readonly code: typeof AcquireTimeoutError.code;

  /** @param wanted what there was not */
  constructor(info: AcquireTimeoutInfo, wanted = 'no connection') {
    const { pool, timeout } = info;
    super(`pool ${pool}: ${wanted} within ${String(timeout)} ms${describeBorrower(info)} (${describePicture(info)})`, {
      info,
      retryable: true,
      cause: latestError(info),
    });
  }
}
