import { RxpoolError } from '../endpoint/rxpool-error.js';

/**
 * An answer came that nobody had asked for. Where answers are told by their order, nobody knows whose the next ones are,
 * so the connection is closed. This is the `error` of the pool's event `destroyed`, and the `cause` of the loss for those
 * whose requests were about to be written.
 */
export class RequestUnaskedError extends RxpoolError<{ readonly frame: unknown }> {
  static override readonly code = 'RXPOOL_REQUEST_UNASKED';
  declare readonly code: typeof RequestUnaskedError.code;

  constructor(frame: unknown) {
    super('an answer came that nobody had asked for', { info: { frame }, retryable: true });
  }
}
