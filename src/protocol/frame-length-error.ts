import { FrameError } from './frame-error.js';

/** What a {@link FrameLengthError} knows, in bytes. */
export interface FrameLengthInfo {
  /** What was announced, rounded if it is over `Number.MAX_SAFE_INTEGER`; `undefined` for a varint that does not end. */
  readonly announced: number | undefined;
  /** The least that may be announced. The most is `Number.MAX_SAFE_INTEGER`. */
  readonly least: number;
}

/**
 * A frame announces a length that cannot be. Where the next frame begins is unknown, so that this ends the stream
 * whatever `onBadFrame` says. Not `retryable`: most likely, the peer speaks another protocol.
 */
export class FrameLengthError extends FrameError {
  static override readonly code = 'RXPOOL_FRAME_LENGTH';
  declare readonly code: typeof FrameLengthError.code;
  declare readonly info: FrameLengthInfo;

  constructor(info: FrameLengthInfo) {
    const length =
      info.announced === undefined ? 'a length of more than 10 bytes' : `a length of ${String(info.announced)}`;
    super(
      `a frame announces ${length}; the least is ${String(info.least)}, the most ${String(Number.MAX_SAFE_INTEGER)}`,
      {
        info,
        retryable: false,
      },
    );
  }
}
