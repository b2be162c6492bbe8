import type { ByteQueue } from './byte-queue.js';
import { FrameTooLargeError } from './frame-too-large-error.js';
import { FrameTruncatedError } from './frame-truncated-error.js';

/**
 * What is kept when the stream ends, of a format whose frames have a terminator: the last frame, or half of one.
 *
 * @internal
 */
export function takeRest(bytes: ByteQueue, maxFrame: number, rest: 'emit' | 'error'): Uint8Array | undefined {
  const size = bytes.held;
  // What is still being skipped has been told of.
  if (size === 0 || bytes.isSkipping) return undefined;
  if (rest === 'error')
    throw new FrameTruncatedError({ announced: undefined, received: size }, 'an unterminated frame');
  if (size > maxFrame) throw new FrameTooLargeError({ maxFrame, size });
  return bytes.take(0);
}
