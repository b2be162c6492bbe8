import { RxpoolError } from '../endpoint/rxpool-error.js';
import type { FrameError } from './frame-error.js';

/** What a {@link FrameResetError} knows. */
export interface FrameResetInfo {
  /** The `code` of what is wrong with the frame. */
  readonly reason: string;
}

/**
 * A frame is bad, and `onBadFrame: 'reset'` lays the blame on the connection, not on the answer: destroy the socket and
 * ask again on another one. That is why it is `retryable`, even where its `cause`, the {@link FrameError}, is not.
 * `pool.use` destroys the socket of a project that errors.
 */
export class FrameResetError extends RxpoolError<FrameResetInfo> {
  static override readonly code = 'RXPOOL_FRAME_RESET';
  declare readonly code: typeof FrameResetError.code;

  constructor(cause: FrameError) {
    super(`the connection is no longer usable: ${cause.message}`, {
      info: { reason: cause.code },
      retryable: true,
      cause,
    });
  }
}
