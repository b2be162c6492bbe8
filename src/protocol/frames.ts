import { checkConfig } from '../endpoint/check-config.js';
import type { Codec } from './codec.js';
import { CodecFramer } from './codec-framer.js';
import type { Format } from './format.js';
import { framing } from './framing.js';
import { DEFAULT_MAX_FRAME, framingRules, type FramingConfig, type Replacement } from './framing-config.js';

/**
 * Splits a stream of bytes into frames of a format of your own.
 *
 * The codec says how one frame is read, as a generator: it yields what it needs next, a number of bytes or the delimiter
 * that ends them, and is given these bytes. It is not bothered with where the network cut the stream, and looks at no
 * byte twice.
 *
 * What the reads of one frame give together is at most `maxFrame` bytes. What they give is shared with the chunk or
 * copied as in {@link lengthPrefixed}.
 *
 * @example
 * ```ts
 * import { frames, type Decoding } from 'rxpool/protocol';
 *
 * const text = new TextDecoder();
 *
 * // A value of memcached: VALUE <key> <flags> <bytes>, and so many bytes.
 * const values = frames({
 *   *decode(): Decoding<{ line: string; value?: Uint8Array }> {
 *     const line = text.decode(yield '\r\n');
 *     const [word, , , size] = line.split(' ');
 *     if (word !== 'VALUE') return { line };
 *     const value = yield Number(size);
 *     yield 2; // the CR LF behind it
 *     return { line, value };
 *   },
 *   encode: (command: string) => new TextEncoder().encode(`${command}\r\n`),
 * });
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(values.encode('get greeting'));
 *     return lease.data$.pipe(values);
 *   })
 *   .subscribe({ next: (answer) => console.log(answer), error: report });
 * ```
 *
 * Errors of the resulting Observable, by default: {@link FrameTooLargeError} if a frame is longer than `maxFrame`;
 * {@link FrameMalformedError} with what the codec throws as its `cause` (a `FrameError` that it throws is passed on as
 * it is); {@link FrameLengthError}, whatever `onBadFrame` says, if it asks for a negative number of bytes, a fraction or
 * `NaN`; {@link FrameTruncatedError} if the source completes in the middle of a frame; `TypeError` if the codec returns
 * or throws without having read anything, or the source emits something else than bytes.
 *
 * @see {@link Codec}
 *
 * @param codec How to read and to write one frame.
 * @param config See {@link FramingConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong option, naming it, and for an `onBadFrame` that would have to go on after
 * a bad frame where the codec does not say that it `resumes`.
 */
export function frames<Frame, Message = Frame, Bad = never>(
  codec: Codec<Frame, Message>,
  config: FramingConfig<Bad> = {},
): Format<Frame | Replacement<Bad>, Message> {
  for (const member of ['decode', 'encode'] as const) {
    const kind: string = typeof codec[member];
    if (kind !== 'function') throw new TypeError(`frames: ${member} of a codec must be a function, got ${kind}`);
  }
  checkConfig('frames', config, framingRules);
  const { maxFrame = DEFAULT_MAX_FRAME, onBadFrame = 'error' } = config;
  if (codec.resumes !== true && onBadFrame !== 'error' && onBadFrame !== 'reset') {
    throw new TypeError(
      `frames: onBadFrame must be "error" or "reset" for a codec that does not say that it resumes after a bad frame`,
    );
  }

  return framing(
    () => new CodecFramer(codec, maxFrame),
    (message: Message) => codec.encode(message),
    onBadFrame,
  );
}
