import { checkConfig } from '../endpoint/check-config.js';
import { checkBytes } from './check-bytes.js';
import { ByteQueue } from './byte-queue.js';
import type { Format } from './format.js';
import { framing } from './framing.js';
import { DEFAULT_MAX_FRAME, framingRules, type FramingConfig, type Replacement } from './framing-config.js';
import { joinBytes } from './join-bytes.js';
import { readUntil, type Until } from './read-until.js';
import { takeRest } from './take-rest.js';
import { toDelimiter } from './to-delimiter.js';

/** The {@link delimited} operator configuration object. */
export interface DelimitedConfig<Bad = never> extends FramingConfig<Bad> {
  /**
   * What comes after the last delimiter when the source completes: the last frame, unless it is empty (`'emit'`), or a
   * bad frame, a {@link FrameTruncatedError} (`'error'`).
   *
   * @default 'error'
   */
  readonly rest?: 'emit' | 'error';
}

/**
 * Splits a stream of bytes at a delimiter, of one byte or several.
 *
 * ```text
 * source   --[a 0]--[b 0 0 c]--[d 0]--|
 *            delimited('\0')
 * result   --[a]----([b][])----[cd]---|
 * ```
 *
 * Frames are emitted without the delimiter, empty ones too. Where the network cut the stream makes no difference, be
 * it within a delimiter. There is no escaping: the first delimiter ends the frame.
 *
 * A frame may share its memory with the chunk it came in (and then keeps that chunk alive): a consumer may keep it, but
 * where the source uses the memory of its chunks again (`onread` of a `net.Socket`), it must `slice()` what it keeps.
 * It is always a plain `Uint8Array`. A frame that is not finished yet is copied, up to `maxFrame` bytes.
 *
 * When the source errors, an unfinished frame is dropped, and the error is passed on.
 *
 * `encode(frame)` is the frame and the delimiter. It throws a `RangeError` if the delimiter would be found earlier.
 *
 * @example
 * ```ts
 * import { first, map } from 'rxjs';
 * import { delimited } from 'rxpool/protocol';
 *
 * const format = delimited('\r\n.\r\n');
 * const text = new TextDecoder();
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write('LIST\r\n');
 *     return lease.data$.pipe(format, first(), map((block) => text.decode(block)));
 *   })
 *   .subscribe({ next: (block) => console.log(block), error: report });
 * ```
 *
 * Errors of the resulting Observable, by default: {@link FrameTooLargeError} as soon as it is certain that a frame has
 * more than `maxFrame` bytes; {@link FrameTruncatedError} if the source completes in the middle of one; `TypeError` if
 * it emits something else than bytes. After `skip`, the next frame begins after the next delimiter.
 *
 * @see {@link lines}
 *
 * @param delimiter What ends a frame: bytes, or text that stands for its UTF-8. Not empty.
 * @param config See {@link DelimitedConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong delimiter or option, naming it.
 */
export function delimited<Bad = never>(
  delimiter: string | Uint8Array,
  config: DelimitedConfig<Bad> = {},
): Format<Uint8Array | Replacement<Bad>, Uint8Array> {
  checkConfig('delimited', config, { ...framingRules, rest: { oneOf: ['emit', 'error'] } });
  const { maxFrame = DEFAULT_MAX_FRAME, onBadFrame, rest = 'error' } = config;
  const until: Until = { delimiter: toDelimiter('delimited', delimiter), maxFrame };

  return framing(
    () => ({ next: (bytes) => readUntil(bytes, until), end: (bytes) => takeRest(bytes, maxFrame, rest) }),
    (frame: Uint8Array) => {
      checkBytes(frame);
      const whole = joinBytes(frame, until.delimiter);
      const queue = new ByteQueue();
      queue.push(whole);
      if (queue.find(until.delimiter) !== whole.length) {
        throw new RangeError('delimited: a frame must not contain the delimiter, nor make one with its end');
      }
      return whole;
    },
    onBadFrame,
  );
}
