import { FrameError } from './frame-error.js';

/** What a {@link FrameTruncatedError} knows, in bytes. */
export interface FrameTruncatedInfo {
  /**
   * The announced length of the body; `undefined` if the stream ended within the announcement itself, or if a frame of
   * this format announces none.
   */
  readonly announced: number | undefined;
  /** How much had come in: of the body, or of the announcement if that is what was cut. */
  readonly received: number;
}

/**
 * The stream completed in the middle of a frame: the peer closed the connection before it had sent the whole of it.
 * `retryable`, since another connection may get the whole answer.
 */
export class FrameTruncatedError extends FrameError {
  static override readonly code = 'RXPOOL_FRAME_TRUNCATED';
  declare readonly code: typeof FrameTruncatedError.code;
  declare readonly info: FrameTruncatedInfo;

  /** `part` names what was cut where no length was announced. */
  constructor(info: FrameTruncatedInfo, part = 'the length of a frame') {
    const cut = info.announced === undefined ? part : `a frame of ${String(info.announced)} bytes`;
    super(`the stream ended ${String(info.received)} bytes into ${cut}`, { info, retryable: true });
  }
}
