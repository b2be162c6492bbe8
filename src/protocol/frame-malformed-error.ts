import { describeError } from '../endpoint/describe-error.js';
import { FrameError } from './frame-error.js';

/** What a {@link FrameMalformedError} knows. */
export interface FrameMalformedInfo {
  /** Which rule the frame breaks: that of UTF-8, of JSON, or one of a codec of your own. */
  readonly format: 'UTF-8' | 'JSON' | 'codec';
}

/**
 * A frame came whole, and what is in it cannot be. `cause` is what the decoder, the parser or the codec has thrown. Not
 * `retryable`, since the same question would get the same answer.
 */
export class FrameMalformedError extends FrameError {
  static override readonly code = 'RXPOOL_FRAME_MALFORMED';
  declare readonly code: typeof FrameMalformedError.code;
  declare readonly info: FrameMalformedInfo;

  constructor(info: FrameMalformedInfo, cause: unknown) {
    const what = info.format === 'codec' ? 'the codec refuses a frame' : `a frame is not valid ${info.format}`;
    super(`${what}: ${describeError(cause)}`, { info, retryable: false, cause });
  }
}
