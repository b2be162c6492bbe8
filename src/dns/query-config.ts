import { Resolver } from 'node:dns/promises';
import type { Backoff } from '../endpoint/backoff.js';
import type { Rule } from '../endpoint/check-config.js';
import { describeError } from '../endpoint/describe-error.js';

/** How name servers are asked. Durations in ms. */
export interface QueryConfig {
  /** The name servers to ask, as `'10.0.0.2'`, `'10.0.0.2:5353'` or `'[::1]:5353'`. @default those of the system */
  readonly servers?: readonly string[];
  /** The longest that an answer may take, over all name servers. @default 5_000 */
  readonly timeout?: number;
  /** How long to wait after a failure before asking again. @default exponentialBackoff() */
  readonly backoff?: Backoff;
}

export const queryRules: Readonly<Record<keyof QueryConfig, Rule>> = {
  servers: { is: 'object' },
  timeout: { number: [1, Infinity] },
  backoff: { is: 'function' },
};

/** @throws TypeError for what no name server can be asked, naming it */
export function checkQuery(subject: string, name: unknown, { servers, backoff }: QueryConfig): void {
  if (typeof name !== 'string' || name === '') throw new TypeError(`${subject}: pass the name to look up`);
  if (backoff !== undefined && typeof (backoff as Partial<Backoff>).duration !== 'function') {
    throw new TypeError(`${subject}: backoff must be made by exponentialBackoff`);
  }
  if (servers === undefined) return;
  if (!Array.isArray(servers) || servers.length === 0) {
    throw new TypeError(`${subject}: servers must be an array of one address or more`);
  }
  try {
    new Resolver().setServers(servers);
  } catch (cause) {
    throw new TypeError(`${subject}: servers: ${describeError(cause)}`, { cause });
  }
}
