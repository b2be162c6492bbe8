import { describeError } from './describe-error.js';
import { RxpoolError } from './rxpool-error.js';

/** A connection has closed that was not meant to, cleanly or not, while it was up or before. `cause` is the socket's error, if it had one. */
export class ConnectionLostError extends RxpoolError<{ readonly address: string }> {
  static override readonly code = 'RXPOOL_CONNECTION_LOST';
  declare readonly code: typeof ConnectionLostError.code;

  constructor(address: string, cause?: unknown) {
    const why = cause === undefined ? ' (closed by the peer)' : `: ${describeError(cause)}`;
    super(`connection to ${address} was lost${why}`, { info: { address }, retryable: true, cause });
  }
}
