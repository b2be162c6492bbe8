import { RxpoolError } from '../endpoint/rxpool-error.js';

/** As many messages wait to be sent as may: this one was not taken. */
export class SendOverflowError extends RxpoolError<{ readonly maxQueued: number }> {
  static override readonly code = 'RXPOOL_SEND_OVERFLOW';
  declare readonly code: typeof SendOverflowError.code;

  constructor(maxQueued: number) {
    super(`${String(maxQueued)} messages wait to be sent, as many as maxQueued allows: this one was not taken`, {
      info: { maxQueued },
      retryable: true,
    });
  }
}
