import type { Lined } from './line.js';

/** Somebody who waits for leave of a {@link Limit}. */
export interface Entrant extends Lined<Entrant> {
  /** It stands in line no longer: it has leave now. Does not throw. */
  admitted(): void;
}

/**
 * What each client key may have of one or several pools, see `limits` of a pool. Made by `quota` and `rateLimit`.
 *
 * Each `enter` that was answered by leave, at once or later, is followed by one `exit` or one `retract`.
 */
export interface Limit {
  /** What kind of limit it is, for errors. */
  readonly name: string;
  /** What it allows a key, for errors. */
  readonly bound: string;
  /** Leave now; or a no, and then the entrant, if there is one, stands in line, the first come first. Calls nobody meanwhile. */
  enter(key: string, entrant?: Entrant): boolean;
  /** The entrant, which stands in line, gives up. */
  leave(key: string, entrant: Entrant): void;
  /** What somebody had leave for is over. */
  exit(key: string): void;
  /** What somebody had leave for did not happen. */
  retract(key: string): void;
}
