import type { Rule } from '../endpoint/check-config.js';

/** What every socket transport takes beside the options of Node. Durations in ms. */
export interface SocketOptions {
  /** The longest that connecting may take, asking for options and a TLS handshake included. @default 10_000 */
  readonly connectTimeout?: number | undefined;
  /** The longest that a graceful close may take; the socket is then destroyed. @default 1_000 */
  readonly closeTimeout?: number | undefined;
  /** Names the address in events and errors. @default host and port, or path */
  readonly address?: string | undefined;
}

export const socketRules: Readonly<Record<keyof SocketOptions, Rule>> = {
  connectTimeout: { number: [1, Infinity] },
  closeTimeout: { number: [0, Infinity] },
  address: { is: 'string' },
};
