import type { OperatorFunction } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { FrameTooLargeError } from './frame-too-large-error.js';
import { framing } from './framing.js';

const LF = 0x0a;
const CR = 0x0d;

/** The {@link lines} operator configuration object. */
export interface LinesConfig {
  /** The longest line allowed, in bytes, its terminator not counted. @default 16 MiB */
  readonly maxFrame?: number;
}

/**
 * Splits a stream of bytes into lines of text.
 *
 * ```text
 * source   --[a \r]--[\n b]--[c \n \n]--[d]--|
 *            lines()
 * result   ----------a-------(bc '')---------(d|)
 * ```
 *
 * A line ends at a line feed; a carriage return in front of it belongs to the terminator, any other one to the line.
 * Lines are emitted without their terminator, empty ones too. Where the network cut the stream makes no difference,
 * be it between CR and LF or within a character.
 *
 * The text is UTF-8. What is not valid UTF-8 becomes U+FFFD, and a byte order mark is kept as U+FEFF.
 *
 * When the source completes, what comes after the last terminator is emitted as a last line, unless it is empty. When
 * the source errors, it is dropped, and the error is passed on.
 *
 * A line that is not finished yet is copied, so that the source may use the memory of its chunks again. No more than
 * `maxFrame` bytes of it are ever kept, and a carriage return that may be half of the terminator.
 *
 * @example
 * ```ts
 * import { take } from 'rxjs';
 * import { lines } from 'rxpool/protocol';
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write('version\r\n');
 *     return lease.data$.pipe(lines({ maxFrame: 2048 }), take(1));
 *   })
 *   .subscribe({ next: (line) => console.log(line), error: report }); // VERSION 1.6.38
 * ```
 *
 * Errors of the resulting Observable: {@link FrameTooLargeError} as soon as more than `maxFrame` bytes of a line have
 * come in; `TypeError` if the source emits something else than bytes.
 *
 * @see {@link lengthPrefixed}
 *
 * @param config See {@link LinesConfig}; nothing is required.
 * @returns A function that returns an Observable of the lines in the source.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function lines(config: LinesConfig = {}): OperatorFunction<Uint8Array, string> {
  checkConfig('lines', config, { maxFrame: { integer: [1, Number.MAX_SAFE_INTEGER] } });
  const { maxFrame = 16 * 1024 * 1024 } = config;

  return framing(() => {
    // Every line is decoded by itself: without `ignoreBOM` each would lose its first character if that is a BOM.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      next: (bytes) => {
        const feed = bytes.indexOf(LF);
        const end = feed === -1 ? bytes.rest : feed;
        // Of an unfinished line, a CR at the end may yet prove to be half of a terminator.
        const size = bytes.held + end - (bytes.lastOf(end) === CR ? 1 : 0);
        if (size > maxFrame) throw new FrameTooLargeError({ maxFrame, size });
        if (feed === -1) {
          bytes.keep(end, maxFrame + 1);
          return undefined;
        }
        const line = bytes.take(end);
        bytes.takeByte();
        return decoder.decode(line.subarray(0, size));
      },
      end: (bytes) => {
        const size = bytes.held;
        if (size > maxFrame) throw new FrameTooLargeError({ maxFrame, size });
        return size > 0 ? decoder.decode(bytes.take(0)) : undefined;
      },
    };
  });
}
