import { checkConfig } from '../endpoint/check-config.js';
import type { Format } from './format.js';
import { framing } from './framing.js';
import { DEFAULT_MAX_FRAME, framingRules, type FramingConfig, type Replacement } from './framing-config.js';
import { LineReader } from './line-reader.js';

/** The {@link lines} operator configuration object. */
export interface LinesConfig<Bad = never> extends FramingConfig<Bad> {
  /** Whether a line that is not UTF-8 is a bad frame. Otherwise what is not UTF-8 becomes U+FFFD. @default false */
  readonly fatal?: boolean;
  /**
   * What comes after the last terminator when the source completes: the last line, unless it is empty (`'emit'`), or a
   * bad frame, a {@link FrameTruncatedError} (`'error'`).
   *
   * @default 'emit'
   */
  readonly rest?: 'emit' | 'error';
  /** What `encode` puts after a line. Both are understood. @default '\n' */
  readonly terminator?: '\n' | '\r\n';
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
 * The text is UTF-8. What is not valid UTF-8 becomes U+FFFD, unless `fatal`. A byte order mark is kept as U+FEFF.
 *
 * When the source completes, what comes after the last terminator is emitted as a last line, unless it is empty or
 * `rest` says otherwise. When the source errors, it is dropped, and the error is passed on.
 *
 * A line that is not finished yet is copied, so that the source may use the memory of its chunks again. No more than
 * `maxFrame` bytes of it are ever kept, and a carriage return that may be half of the terminator. A line that you keep
 * may keep up to 8 KiB of text around it.
 *
 * `encode(line)` is its UTF-8 and the terminator. It throws a `RangeError` for a line that would not be read as it is:
 * with a line feed in it (also a way to smuggle in a second command), or a CR at its end before an LF of its own. As in
 * any UTF-8, an unpaired surrogate becomes U+FFFD.
 *
 * @example
 * ```ts
 * import { first } from 'rxjs';
 * import { lines } from 'rxpool/protocol';
 *
 * const format = lines({ maxFrame: 2048, terminator: '\r\n' });
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(format.encode('version'));
 *     return lease.data$.pipe(format, first());
 *   })
 *   .subscribe({ next: (line) => console.log(line), error: report }); // VERSION 1.6.38
 * ```
 *
 * Errors of the resulting Observable, by default: {@link FrameTooLargeError} as soon as more than `maxFrame` bytes of a
 * line have come in; with `fatal`, {@link FrameMalformedError}; with `rest: 'error'`, {@link FrameTruncatedError};
 * `TypeError` if the source emits something else than bytes. After `skip`, the next line is the one after the next
 * line feed.
 *
 * @see {@link delimited}, {@link ndjson}
 *
 * @param config See {@link LinesConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function lines<Bad = never>(config: LinesConfig<Bad> = {}): Format<string | Replacement<Bad>, string> {
  checkConfig('lines', config, {
    ...framingRules,
    fatal: { is: 'boolean' },
    rest: { oneOf: ['emit', 'error'] },
    terminator: { oneOf: ['\n', '\r\n'] },
  });
  const { maxFrame = DEFAULT_MAX_FRAME, onBadFrame, fatal = false, rest = 'emit', terminator = '\n' } = config;
  const encoder = new TextEncoder();

  return framing(
    () => new LineReader(maxFrame, rest, fatal),
    (line: string) => {
      const whole = line + terminator;
      if (whole.indexOf('\n') !== whole.length - 1) throw new RangeError('lines: a line must not contain a line feed');
      if (terminator === '\n' && line.endsWith('\r')) {
        throw new RangeError('lines: a line must not end in a carriage return, which would belong to its terminator');
      }
      return encoder.encode(whole);
    },
    onBadFrame,
  );
}
