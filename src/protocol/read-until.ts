import type { ByteQueue } from './byte-queue.js';
import { FrameTooLargeError } from './frame-too-large-error.js';

/**
 * What {@link readUntil} looks for.
 *
 * @internal
 */
export interface Until {
  readonly delimiter: Uint8Array;
  /** A byte that belongs to the delimiter where it stands in front of it. */
  readonly optional?: number;
  readonly maxFrame: number;
}

/**
 * The bytes in front of the next delimiter, which is taken too; or `undefined`, and what there is of them is kept.
 *
 * `before` is how much of the frame has been read already. Throws a {@link FrameTooLargeError} as soon as it is certain,
 * and then everything up to the end of the delimiter is skipped.
 *
 * @internal
 */
export function readUntil(bytes: ByteQueue, until: Until, before = 0): Uint8Array | undefined {
  const { delimiter, optional, maxFrame } = until;
  const end = bytes.find(delimiter);
  const isWhole = end !== -1;
  const count = isWhole ? end : bytes.rest;
  // Of an unfinished frame, the last bytes may yet prove to be the beginning of the delimiter.
  let less = isWhole ? delimiter.length : delimiter.length - 1;
  if (optional !== undefined && bytes.lastOf(isWhole ? count - less : count) === optional) less++;

  const size = before + bytes.held + count - less;
  if (size > maxFrame) {
    bytes.skipPast(delimiter);
    throw new FrameTooLargeError({ maxFrame, size });
  }
  if (isWhole) return bytes.take(count, less);
  bytes.keep(count, maxFrame - before + delimiter.length - (optional === undefined ? 1 : 0));
  return undefined;
}
