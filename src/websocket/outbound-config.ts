import type { Rule } from '../endpoint/check-config.js';

/** How what is sent waits its turn. */
export interface OutboundConfig {
  /** Nothing more is handed to the socket while its `bufferedAmount` is this or more, in bytes. @default 1 MiB */
  readonly highWaterMark?: number | undefined;
  /** The most messages that may wait for the socket. @default 1_000 */
  readonly maxQueued?: number | undefined;
  /**
   * What becomes of a message when as many as that wait already.
   *
   * - `'error'`: it is refused, with a `SendOverflowError`
   * - `'dropOldest'`: the one that has waited longest is dropped for it, and counted
   * - `'dropNewest'`: it is dropped, and counted
   *
   * @default 'error'
   */
  readonly overflow?: 'error' | 'dropOldest' | 'dropNewest' | undefined;
  /** How often to look whether a full socket has room again, in ms: it does not tell. @default 20 */
  readonly pollInterval?: number | undefined;
}

export const outboundRules: Readonly<Record<keyof OutboundConfig, Rule>> = {
  highWaterMark: { integer: [1, Number.MAX_SAFE_INTEGER] },
  maxQueued: { integer: [1, Number.MAX_SAFE_INTEGER] },
  overflow: { oneOf: ['error', 'dropOldest', 'dropNewest'] },
  pollInterval: { number: [1, Infinity] },
};
