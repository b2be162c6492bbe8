import { checkConfig } from '../endpoint/check-config.js';
import type { Format } from './format.js';
import { FrameMalformedError } from './frame-malformed-error.js';
import { framing } from './framing.js';
import { DEFAULT_MAX_FRAME, framingRules, type FramingConfig, type Replacement } from './framing-config.js';
import { LineReader } from './line-reader.js';

/** The {@link ndjson} operator configuration object. */
export interface NdjsonConfig<Bad = never> extends FramingConfig<Bad> {
  /**
   * What comes after the last terminator when the source completes: the last value (`'emit'`), or a bad frame, a
   * {@link FrameTruncatedError} (`'error'`): half of `12` is `1`, a value like any other.
   *
   * @default 'error'
   */
  readonly rest?: 'emit' | 'error';
}

/**
 * Splits a stream of bytes into JSON values, one a line (NDJSON, JSON Lines).
 *
 * ```text
 * source   --[1 \n {]--[} \n \n]--["a" \n]--|
 *            ndjson()
 * result   --1---------{}---------'a'-------|
 * ```
 *
 * A line ends at LF or CR LF; empty lines are ignored. Where the network cut the stream makes no difference. `T` is
 * what you expect: nothing checks that the values have that type.
 *
 * `encode(value)` is its JSON and a line feed. It throws a `TypeError` for what JSON has no form for (`undefined`, a
 * function, a cycle).
 *
 * @example
 * ```ts
 * import { first } from 'rxjs';
 * import { ndjson } from 'rxpool/protocol';
 *
 * const format = ndjson<{ sum: number }>();
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(format.encode({ add: [1, 2] }));
 *     return lease.data$.pipe(format, first());
 *   })
 *   .subscribe({ next: ({ sum }) => console.log(sum), error: report });
 * ```
 *
 * Errors of the resulting Observable, by default: {@link FrameMalformedError} for a line that is not UTF-8 or not JSON;
 * {@link FrameTooLargeError} as soon as more than `maxFrame` bytes of a line have come in; {@link FrameTruncatedError}
 * if the source completes in the middle of a line; `TypeError` if it emits something else than bytes. After `skip`, the
 * next value is that of the next line.
 *
 * @see {@link lines}
 *
 * @param config See {@link NdjsonConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function ndjson<T = unknown, Bad = never>(
  config: NdjsonConfig<Bad> = {},
): Format<T | Replacement<Bad>, unknown> {
  checkConfig('ndjson', config, { ...framingRules, rest: { oneOf: ['emit', 'error'] } });
  const { maxFrame = DEFAULT_MAX_FRAME, onBadFrame, rest = 'error' } = config;
  const encoder = new TextEncoder();

  return framing(
    () => {
      const reader = new LineReader(maxFrame, rest, true);
      return {
        next: (bytes) => {
          let line = reader.next(bytes);
          while (line === '') line = reader.next(bytes);
          return line === undefined ? undefined : (parse(line) as T);
        },
        end: (bytes) => {
          const line = reader.end(bytes);
          return line === undefined ? undefined : (parse(line) as T);
        },
      };
    },
    (message: unknown) => {
      const json = JSON.stringify(message) as string | undefined;
      if (json === undefined) throw new TypeError(`ndjson: JSON has no form for ${typeof message}`);
      return encoder.encode(`${json}\n`);
    },
    onBadFrame,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new FrameMalformedError({ format: 'JSON' }, error);
  }
}
