import type { Rule } from '../endpoint/check-config.js';

/** How `send()` and `writable()` write. */
export interface SendConfig {
  /** How much of what an Observable emits may wait for the socket, in bytes. @default 16 MiB */
  readonly maxBuffered?: number;
}

/** @internal */
export const sendRules: Readonly<Record<keyof SendConfig, Rule>> = {
  maxBuffered: { integer: [1, Number.MAX_SAFE_INTEGER] },
};
