import type { Rule } from '../endpoint/check-config.js';

/** New limits of a pool. */
export interface ResizeConfig {
  /** @default as it is */
  readonly min?: number | undefined;
  /** @default as it is */
  readonly max?: number | undefined;
  /** Goes into the `resized` event. */
  readonly reason?: string | undefined;
}

export const resizeRules: Readonly<Record<keyof ResizeConfig, Rule>> = {
  min: { integer: [0, Number.MAX_SAFE_INTEGER] },
  max: { integer: [1, Number.MAX_SAFE_INTEGER] },
  reason: { is: 'string' },
};
