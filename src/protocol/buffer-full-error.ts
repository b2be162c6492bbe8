import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What a {@link BufferFullError} knows, in bytes. */
export interface BufferFullInfo {
  /** The bound that was passed: `highWaterMark` of `consume()`, `maxBuffered` of `send()`. */
  readonly limit: number;
  readonly buffered: number;
}

/** A source that cannot be slowed down has brought more than its consumer, or its socket, could take. */
export class BufferFullError extends RxpoolError<BufferFullInfo> {
  static override readonly code = 'RXPOOL_BUFFER_FULL';
  declare readonly code: typeof BufferFullError.code;

  constructor(option: 'highWaterMark' | 'maxBuffered', info: BufferFullInfo) {
    super(`${String(info.buffered)} bytes wait, more than ${option} allows: ${String(info.limit)}`, {
      info,
      retryable: true,
    });
  }
}
