import { RxpoolError } from '../endpoint/rxpool-error.js';

/** A lease was used after its end. The socket may already be another borrower's. */
export class LeaseEndedError extends RxpoolError<{ readonly address: string }> {
  static override readonly code = 'RXPOOL_LEASE_ENDED';
  declare readonly code: typeof LeaseEndedError.code;

  constructor(address: string) {
    super(`the lease of a socket to ${address} has ended; borrow again`, { info: { address }, retryable: false });
  }
}
