import { FrameError } from './frame-error.js';

/** What a {@link FrameTooLargeError} knows, in bytes. */
export interface FrameTooLargeInfo {
  /** The bound that was passed. */
  readonly maxFrame: number;
  /** The length the frame announced, or for a frame that announces none (a line) how much of it had come in. */
  readonly size: number;
}

/**
 * A frame is longer than `maxFrame` allows. None of it beyond `maxFrame` has been kept. Not `retryable`, since the same
 * question would get the same answer.
 */
export class FrameTooLargeError extends FrameError {
  static override readonly code = 'RXPOOL_FRAME_TOO_LARGE';
  declare readonly code: typeof FrameTooLargeError.code;
  declare readonly info: FrameTooLargeInfo;

  constructor(info: FrameTooLargeInfo) {
    super(`a frame of ${String(info.size)} bytes or more is over maxFrame, ${String(info.maxFrame)}`, {
      info,
      retryable: false,
    });
  }
}
