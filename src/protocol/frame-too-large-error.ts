import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What a {@link FrameTooLargeError} knows, in bytes. */
export interface FrameTooLargeInfo {
  /** The bound that was passed. */
  readonly maxFrame: number;
  /** The length the frame announced, or for a frame that announces none (a line) how much of it had come in. */
  readonly size: number;
}

/**
 * A frame is longer than `maxFrame` allows. The stream cannot be read any further: where the next frame begins is
 * unknown. Not `retryable`, since the same question would get the same answer.
 */
export class FrameTooLargeError extends RxpoolError<FrameTooLargeInfo> {
  static override readonly code: string = 'RXPOOL_FRAME_TOO_LARGE';

  constructor(info: FrameTooLargeInfo) {
    super(`a frame of ${String(info.size)} bytes or more is over maxFrame, ${String(info.maxFrame)}`, {
      info,
      retryable: false,
    });
  }
}
