import { RxpoolError } from '../endpoint/rxpool-error.js';

/** As many requests are under way as `maxInFlight` allows; this one was turned away at once. */
export class RequestLimitError extends RxpoolError<{ readonly pool: string; readonly maxInFlight: number }> {
  static override readonly code = 'RXPOOL_REQUEST_LIMIT';
  declare readonly code: typeof RequestLimitError.code;

  constructor(pool: string, maxInFlight: number) {
    super(`pool ${pool}: ${String(maxInFlight)} requests are under way already (maxInFlight)`, {
      info: { pool, maxInFlight },
      retryable: true,
    });
  }
}
