import type { OperatorFunction } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { FrameTooLargeError } from './frame-too-large-error.js';
import { FrameTruncatedError } from './frame-truncated-error.js';
import { framing } from './framing.js';

/** The {@link lengthPrefixed} operator configuration object. */
export interface LengthPrefixedConfig {
  /** How many bytes the length takes. @default 4 */
  readonly bytes?: 1 | 2 | 4;
  /** Which byte of the length comes first, the most significant (`big`) or the least (`little`). @default 'big' */
  readonly endian?: 'big' | 'little';
  /** The longest body allowed, in bytes. @default 16 MiB */
  readonly maxFrame?: number;
}

/**
 * Splits a stream of bytes into frames that each begin with their length, an unsigned integer.
 *
 * ```text
 * source   --[2 a]--[b 1]--[c 0]----|
 *            lengthPrefixed({ bytes: 1 })
 * result   ---------[a b]--([c][])--|
 * ```
 *
 * The bodies are emitted, without the length; it does not count itself. An empty body is a frame like any other. Where
 * the network cut the stream makes no difference.
 *
 * The length is checked against `maxFrame` before any of the body is kept, and memory is taken as the body comes in,
 * not as it is announced.
 *
 * A frame may share its memory with the chunk it came in (and then keeps that chunk alive): a consumer may keep it, but
 * where the source uses the memory of its chunks again (`onread` of a `net.Socket`), it must `slice()` what it keeps.
 * It is always a plain `Uint8Array`, even if the chunks are Buffers. A frame that is not finished yet is copied.
 *
 * When the source errors, an unfinished frame is dropped, and the error is passed on.
 *
 * @example
 * ```ts
 * import { map, take } from 'rxjs';
 * import { lengthPrefixed } from 'rxpool/protocol';
 *
 * const text = new TextDecoder();
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(Uint8Array.of(0, 4, 0x70, 0x69, 0x6e, 0x67)); // ping
 *     return lease.data$.pipe(
 *       lengthPrefixed({ bytes: 2 }),
 *       take(1),
 *       map((body) => text.decode(body)),
 *     );
 *   })
 *   .subscribe({ next: (answer) => console.log(answer), error: report });
 * ```
 *
 * Errors of the resulting Observable: {@link FrameTooLargeError} if more than `maxFrame` bytes are announced;
 * {@link FrameTruncatedError} if the source completes in the middle of a frame; `TypeError` if it emits something else
 * than bytes.
 *
 * @see {@link lines}
 *
 * @param config See {@link LengthPrefixedConfig}; nothing is required.
 * @returns A function that returns an Observable of the bodies of the frames in the source.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function lengthPrefixed(config: LengthPrefixedConfig = {}): OperatorFunction<Uint8Array, Uint8Array> {
  checkConfig('lengthPrefixed', config, {
    bytes: { oneOf: [1, 2, 4] },
    endian: { oneOf: ['big', 'little'] },
    maxFrame: { integer: [1, Number.MAX_SAFE_INTEGER] },
  });
  const { bytes: width = 4, endian = 'big', maxFrame = 16 * 1024 * 1024 } = config;

  return framing(() => {
    let known = 0;
    let announced = 0;
    return {
      next: (bytes) => {
        while (known < width) {
          const byte = bytes.takeByte();
          if (byte === undefined) return undefined;
          // No bit operators: those are signed, and four bytes do not fit.
          announced = endian === 'big' ? announced * 256 + byte : announced + byte * 256 ** known;
          known++;
        }
        if (announced > maxFrame) throw new FrameTooLargeError({ maxFrame, size: announced });
        const missing = announced - bytes.held;
        if (bytes.rest < missing) {
          bytes.keep(bytes.rest, announced);
          return undefined;
        }
        known = 0;
        announced = 0;
        return bytes.take(missing);
      },
      end: (bytes) => {
        if (known === 0) return undefined;
        if (known < width) throw new FrameTruncatedError({ announced: undefined, received: known });
        throw new FrameTruncatedError({ announced, received: bytes.held });
      },
    };
  });
}
