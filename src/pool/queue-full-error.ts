import { RxpoolError } from '../endpoint/rxpool-error.js';

/** As many borrowers wait as `maxWaiting` allows; this one was turned away at once. */
export class QueueFullError extends RxpoolError<{ readonly pool: string; readonly maxWaiting: number }> {
  static override readonly code = 'RXPOOL_QUEUE_FULL';
  declare readonly code: typeof QueueFullError.code;

  constructor(pool: string, maxWaiting: number) {
    super(`pool ${pool}: ${String(maxWaiting)} borrowers wait already (maxWaiting)`, {
      info: { pool, maxWaiting },
      retryable: true,
    });
  }
}
