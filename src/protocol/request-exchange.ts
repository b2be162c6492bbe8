import type { Lined } from '../limit/line.js';

/** Whoever has something to do with a connection, and wants to know when it is gone. */
export interface ChannelUser {
  /** Nothing more comes on it, and it must not be used again: why, where that is known. */
  lost(cause: unknown): void;
}

/**
 * A request on its connection, until its last answer has come.
 *
 * @internal
 */
export interface Exchange<Request, Frame> extends ChannelUser, Lined<Exchange<Request, Frame>> {
  readonly message: Request;
  /** Zero until it is written. */
  id: number;
  answered(frame: Frame, isLast: boolean): void;
  /** It cannot be written, by its own fault. */
  refused(error: unknown): void;
}
