import type { Rule } from '../endpoint/check-config.js';
import type { FrameError } from './frame-error.js';

/** What becomes of a bad frame, see {@link FramingConfig.onBadFrame}. */
export type OnBadFrame<Bad = never> = 'error' | 'reset' | 'skip' | ((error: FrameError) => Bad | undefined);

/** What is emitted of what such a function returns: neither `undefined` nor the `void` of one that returns nothing. */
export type Replacement<Bad> = Exclude<Bad, ReturnType<() => void>>;

/** What every format that has bad frames can be told. */
export interface FramingConfig<Bad = never> {
  /** The longest frame allowed, in bytes, without its length or terminator. Bounds reading only. @default 16 MiB */
  readonly maxFrame?: number;
  /**
   * What becomes of a frame that is too long, malformed, or cut off by the end of the stream.
   *
   * - `'error'`: the stream errors with a {@link FrameError}. The answer is to blame: most are not `retryable`.
   * - `'reset'`: the stream errors with a {@link FrameResetError}. The connection is to blame: `retryable`, on another.
   * - `'skip'`: the frame is dropped without being kept, and counted in `skipped`. The stream goes on.
   * - a function: what it returns is emitted in the place of the frame; for `undefined` the frame is skipped. If it
   *   throws, the stream errors with that.
   *
   * A {@link FrameLengthError} always ends the stream, since nobody knows where the next frame begins.
   *
   * @default 'error'
   */
  readonly onBadFrame?: OnBadFrame<Bad>;
}

/** 16 MiB. */
export const DEFAULT_MAX_FRAME = 16_777_216;

export const framingRules: Readonly<Record<keyof FramingConfig, Rule>> = {
  maxFrame: { integer: [1, Number.MAX_SAFE_INTEGER] },
  onBadFrame: { anyOf: [{ oneOf: ['error', 'reset', 'skip'] }, { is: 'function' }] },
};
