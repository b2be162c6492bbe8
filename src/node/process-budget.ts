import { checkConfig } from '../endpoint/check-config.js';
import { budget, type Budget } from '../limit/budget.js';
import { openFileLimit } from './open-file-limit.js';

const PROCESS_BUDGET = Symbol.for('rxpool.budget@1');

/** What a process that does not say how many files it may open can at least be expected to open, less a reserve. */
const LIMIT_IF_UNKNOWN = 900;
/** How many files a process may at least open that says unlimited: its system has a limit all the same. */
const LEAST_UNLIMITED = 10_240;

/** Files that are no pooled sockets: at least so many, and at least this part of all. */
const RESERVE = 50;
const RESERVED_PART = 0.1;

/**
 * The one budget of sockets of this process, for all pools that are given it, also those of another copy of the package. It is made when it
 * is first asked for.
 *
 * Its limit is the soft limit of open files less 10 %, but at least 50 files, as a reserve for what is no pooled socket: 921 of 1,024. It is
 * at least 1; 900 where the limit cannot be read, as on Windows; and 9,216 where the process says that it is unlimited. A worker thread has
 * a budget of its own: give each a part, by `limit`.
 *
 * @param config `limit` instead of the one derived. Only the first call can set it.
 *
 * @example
 * ```ts
 * import { processBudget } from 'rxpool/node';
 *
 * const { limit, used } = processBudget().picture;
 * console.log(`${used} of ${limit} sockets are open`);
 * ```
 *
 * @throws RangeError if another limit has been set before. TypeError or RangeError for a wrong option, naming it.
 */
export function processBudget(config: { readonly limit?: number | undefined } = {}): Budget {
  checkConfig('processBudget', config, { limit: { integer: [1, Number.MAX_SAFE_INTEGER] } });
  const { limit } = config;
  const shared = globalThis as { [PROCESS_BUDGET]?: Budget };
  const known = shared[PROCESS_BUDGET];
  if (known === undefined) return (shared[PROCESS_BUDGET] = budget({ limit: limit ?? derivedLimit() }));
  const { limit: current } = known.picture;
  if (limit !== undefined && limit !== current) {
    const [wanted, set] = [String(limit), String(current)];
    throw new RangeError(`processBudget: limit must be ${set}, as the first call has set it, got ${wanted}`);
  }
  return known;
}

function derivedLimit(): number {
  const files = openFileLimit();
  if (files === undefined) return LIMIT_IF_UNKNOWN;
  const finite = files === Infinity ? LEAST_UNLIMITED : files;
  return Math.max(1, Math.floor(finite - Math.max(RESERVE, finite * RESERVED_PART)));
}
