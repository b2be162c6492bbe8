import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What a {@link FrameTruncatedError} knows, in bytes. */
export interface FrameTruncatedInfo {
  /** The announced length of the body; `undefined` if the stream ended within the announcement itself. */
  readonly announced: number | undefined;
  /** How much had come in: of the body, or of the announcement if that is what was cut. */
  readonly received: number;
}

/**
 * The stream completed in the middle of a frame: the peer closed the connection before it had sent the whole of it.
 * `retryable`, since another connection may get the whole answer.
 */
export class FrameTruncatedError extends RxpoolError<FrameTruncatedInfo> {
  static override readonly code: string = 'RXPOOL_FRAME_TRUNCATED';

  constructor(info: FrameTruncatedInfo) {
    const frame = info.announced === undefined ? 'the length of a frame' : `a frame of ${String(info.announced)} bytes`;
    super(`the stream ended ${String(info.received)} bytes into ${frame}`, { info, retryable: true });
  }
}
