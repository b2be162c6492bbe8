import { checkConfig } from '../endpoint/check-config.js';
import { checkBytes } from './check-bytes.js';
import { encodeLengthFrame } from './encode-length-frame.js';
import type { Format } from './format.js';
import { framing } from './framing.js';
import { DEFAULT_MAX_FRAME, framingRules, type FramingConfig, type Replacement } from './framing-config.js';
import type { HeadedFrame } from './headed-frame.js';
import { LengthFramer } from './length-framer.js';
import type { LengthLayout } from './length-layout.js';

const NO_HEADER: Uint8Array = new Uint8Array(0);

/** The {@link lengthPrefixed} operator configuration object. */
export interface LengthPrefixedConfig<Bad = never> extends FramingConfig<Bad> {
  /**
   * How many bytes the length takes. `'varint'` is 7 bits a byte, the least significant first, the high bit set in all
   * but the last (LEB128, as in Protocol Buffers and MQTT).
   *
   * @default 4
   */
  readonly bytes?: 1 | 2 | 4 | 8 | 'varint';
  /** Which byte of the length comes first, the most significant (`big`) or the least (`little`). @default 'big' */
  readonly endian?: 'big' | 'little';
  /** Whether the length counts, besides the body, itself and the bytes in front of it. @default false */
  readonly includesHeader?: boolean;
  /**
   * What to add to the length to get the size of the body. Below 0 for a length that counts more than the body: -4 in
   * PostgreSQL, where it counts itself but not the type in front of it. Above 0 for one that leaves something out: 1 in
   * AMQP, where an end byte follows.
   *
   * @default 0
   */
  readonly adjust?: number;
}

/** The {@link lengthPrefixed} operator configuration object for headers that begin with something else. */
export interface HeadedConfig<Bad = never> extends LengthPrefixedConfig<Bad> {
  /**
   * How many bytes stand in front of the length, such as the type of a message. With it, even if it is 0, frames are
   * `{ header, body }`, see {@link HeadedFrame}; without it, they are bodies.
   */
  readonly offset: number;
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
 * the network cut the stream makes no difference. For headers that hold more than such a length, see `offset`,
 * `includesHeader` and `adjust`.
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
 * `encode(body)`, or `encode({ header, body })`, is the frame with its length. It throws a `RangeError` for a body that
 * is too long for the bytes of the length (or, with `adjust`, too short), and for a header that has not `offset` bytes.
 *
 * @example
 * ```ts
 * import { first, map } from 'rxjs';
 * import { lengthPrefixed } from 'rxpool/protocol';
 *
 * const format = lengthPrefixed({ bytes: 2 });
 * const text = new TextDecoder();
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(format.encode(new TextEncoder().encode('ping')));
 *     return lease.data$.pipe(
 *       format,
 *       first(),
 *       map((body) => text.decode(body)),
 *     );
 *   })
 *   .subscribe({ next: (answer) => console.log(answer), error: report });
 * ```
 *
 * Errors of the resulting Observable, by default: {@link FrameTooLargeError} if the body would have more than `maxFrame`
 * bytes; {@link FrameTruncatedError} if the source completes in the middle of a frame; {@link FrameLengthError},
 * whatever `onBadFrame` says, if a length is over `Number.MAX_SAFE_INTEGER`, less than what it includes, or a varint of
 * more than 10 bytes; `TypeError` if the source emits something else than bytes. After `skip`, the next frame begins
 * after as many bytes as were announced, which are dropped as they come.
 *
 * @see {@link lines}, {@link fixed}
 *
 * @param config See {@link LengthPrefixedConfig} and {@link HeadedConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function lengthPrefixed<Bad = never>(
  config: HeadedConfig<Bad>,
): Format<HeadedFrame | Replacement<Bad>, HeadedFrame>;
export function lengthPrefixed<Bad = never>(
  config?: LengthPrefixedConfig<Bad>,
): Format<Uint8Array | Replacement<Bad>, Uint8Array>;
export function lengthPrefixed<Bad>(
  config: LengthPrefixedConfig<Bad> & { readonly offset?: number } = {},
): Format<unknown, never> {
  checkConfig('lengthPrefixed', config, {
    ...framingRules,
    bytes: { oneOf: [1, 2, 4, 8, 'varint'] },
    endian: { oneOf: ['big', 'little'] },
    offset: { integer: [0, 65_535] },
    includesHeader: { is: 'boolean' },
    adjust: { integer: [-65_535, 65_535] },
  });
  const { maxFrame = DEFAULT_MAX_FRAME, onBadFrame, offset, bytes = 4, endian = 'big' } = config;
  const { includesHeader = false, adjust = 0 } = config;
  const layout: LengthLayout = { bytes, endian, offset: offset ?? 0, includesHeader, adjust };

  if (offset === undefined) {
    return framing(
      () => new LengthFramer(layout, maxFrame, (body) => body),
      (body: Uint8Array) => {
        checkBytes(body);
        return encodeLengthFrame(layout, NO_HEADER, body);
      },
      onBadFrame,
    );
  }
  return framing(
    () => new LengthFramer(layout, maxFrame, (body, header) => ({ header, body })),
    ({ header, body }: HeadedFrame) => {
      checkBytes(header);
      checkBytes(body);
      if (header.length !== offset) {
        throw new RangeError(
          `lengthPrefixed: a header must have ${String(offset)} bytes, got ${String(header.length)}`,
        );
      }
      return encodeLengthFrame(layout, header, body);
    },
    onBadFrame,
  );
}
