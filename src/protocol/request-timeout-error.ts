import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What a {@link RequestTimeoutError} knows. */
export interface RequestTimeoutInfo {
  readonly pool: string;
  readonly timeout: number;
  /** Whether it had been handed to a socket that was still there. Otherwise it was waiting for a connection. */
  readonly written: boolean;
  /** How often it was tried. */
  readonly attempts: number;
}

/** A request was not answered in time. `cause` is the latest error of an endpoint that is not up, if there is one. */
export class RequestTimeoutError extends RxpoolError<RequestTimeoutInfo> {
  static override readonly code = 'RXPOOL_REQUEST_TIMEOUT';
  declare readonly code: typeof RequestTimeoutError.code;

  constructor(info: RequestTimeoutInfo, cause?: unknown) {
    const { pool, timeout, written, attempts } = info;
    const what = written ? 'no answer to what was sent' : 'no connection to send it on';
    super(`pool ${pool}: ${what}, within ${String(timeout)} ms (attempt ${String(attempts)})`, {
      info,
      retryable: true,
      cause,
    });
  }
}
