import { checkConfig } from '../endpoint/check-config.js';
import type { ByteQueue } from './byte-queue.js';
import type { Format } from './format.js';
import { FrameMalformedError } from './frame-malformed-error.js';
import { framing } from './framing.js';

/** The {@link text} operator configuration object. */
export interface TextConfig {
  /** Whether what is not UTF-8 is an error. Otherwise it becomes U+FFFD. @default false */
  readonly fatal?: boolean;
}

/**
 * Decodes a stream of bytes as UTF-8, piece by piece.
 *
 * ```text
 * source   --[a]--[0xe2]--[0x82 0xac b]--|
 *            text()
 * result   --a------------€b-------------|
 * ```
 *
 * Each chunk gives the text that it completes, if any. A character that is cut into two chunks comes with the second.
 * So the pieces depend on the network, and their concatenation does not. For messages, take {@link lines} or another
 * format.
 *
 * A byte order mark is kept as U+FEFF. When the source completes, half a character is not UTF-8; when it errors, that is
 * dropped, and the error is passed on.
 *
 * `encode(text)` is its UTF-8. As in any UTF-8, an unpaired surrogate becomes U+FFFD.
 *
 * @example
 * ```ts
 * import { text } from 'rxpool/protocol';
 *
 * pool
 *   .use((_socket, lease) => lease.data$.pipe(text()))
 *   .subscribe({ next: (piece) => process.stdout.write(piece), error: report });
 * ```
 *
 * Errors of the resulting Observable: with `fatal`, {@link FrameMalformedError}; `TypeError` if the source emits
 * something else than bytes.
 *
 * @see {@link lines}
 *
 * @param config See {@link TextConfig}; nothing is required.
 * @returns The operator, with `encode`.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function text(config: TextConfig = {}): Format<string> {
  checkConfig('text', config, { fatal: { is: 'boolean' } });
  const { fatal = false } = config;
  const encoder = new TextEncoder();

  return framing(
    () => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal });
      // Nothing comes out as nothing, and not as an empty text.
      const decode = (bytes: ByteQueue, isLast: boolean) => {
        try {
          return decoder.decode(bytes.take(bytes.rest), { stream: !isLast }) || undefined;
        } catch (error) {
          throw new FrameMalformedError({ format: 'UTF-8' }, error);
        }
      };
      return {
        next: (bytes) => (bytes.rest === 0 ? undefined : decode(bytes, false)),
        end: (bytes) => decode(bytes, true),
      };
    },
    (message: string) => encoder.encode(message),
  );
}
