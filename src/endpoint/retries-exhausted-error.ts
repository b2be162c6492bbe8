import { describeError } from './describe-error.js';
import { RxpoolError } from './rxpool-error.js';

/**
 * An endpoint has given up: `count` is used up, or `shouldRetry` or the delay said no. `cause` is the last error.
 * `endpoint.retryNow()` revives it.
 */
export class RetriesExhaustedError extends RxpoolError<{ readonly address: string; readonly failures: number }> {
  static override readonly code = 'RXPOOL_RETRIES_EXHAUSTED';
  declare readonly code: typeof RetriesExhaustedError.code;

  constructor(address: string, failures: number, cause: unknown) {
    const times = failures === 1 ? '1 failure' : `${String(failures)} failures`;
    super(`gave up connecting to ${address} after ${times}: ${describeError(cause)}`, {
      info: { address, failures },
      retryable: false,
      cause,
    });
  }
}
