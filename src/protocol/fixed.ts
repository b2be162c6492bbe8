import { checkConfig } from '../endpoint/check-config.js';
import { checkBytes } from './check-bytes.js';
import type { Format } from './format.js';
import { FrameTruncatedError } from './frame-truncated-error.js';
import { framing } from './framing.js';

/**
 * Splits a stream of bytes into frames of one size.
 *
 * ```text
 * source   --[a]--[b c d]--[e f]--|
 *            fixed(2)
 * result   -------[ab]-----([cd][ef])--|
 * ```
 *
 * Where the network cut the stream makes no difference. A frame may share its memory with the chunk it came in (and then
 * keeps that chunk alive): a consumer may keep it, but where the source uses the memory of its chunks again (`onread` of
 * a `net.Socket`), it must `slice()` what it keeps. It is always a plain `Uint8Array`. A frame that is not finished yet
 * is copied; memory is taken as it comes in.
 *
 * When the source errors, an unfinished frame is dropped, and the error is passed on. No frame can be bad but the last.
 *
 * `encode(frame)` is the frame itself, not a copy. It throws a `RangeError` if it has another size.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { fixed } from 'rxpool/protocol';
 *
 * pool
 *   .use((_socket, lease) =>
 *     lease.data$.pipe(
 *       fixed(8),
 *       map(({ buffer, byteOffset }) => new DataView(buffer, byteOffset).getFloat64(0)),
 *     ),
 *   )
 *   .subscribe({ next: (reading) => console.log(reading), error: report });
 * ```
 *
 * Errors of the resulting Observable: {@link FrameTruncatedError} if the source completes in the middle of a frame;
 * `TypeError` if it emits something else than bytes.
 *
 * @see {@link lengthPrefixed}
 *
 * @param size The size of every frame, in bytes.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong size.
 */
export function fixed(size: number): Format<Uint8Array> {
  checkConfig('fixed', { size }, { size: { integer: [1, Number.MAX_SAFE_INTEGER] } });

  return framing(
    () => ({
      next: (bytes) => bytes.takeFrame(size),
      end: ({ held }) => {
        if (held > 0) throw new FrameTruncatedError({ announced: size, received: held });
        return undefined;
      },
    }),
    (frame: Uint8Array) => {
      checkBytes(frame);
      if (frame.length !== size) {
        throw new RangeError(`fixed: a frame must have ${String(size)} bytes, got ${String(frame.length)}`);
      }
      return frame;
    },
  );
}
