import type { RuleName } from './rules.js';

/** A mistake that a good engineer could make: one edit of one file. */
export interface Bug {
  /** In kebab-case. */
  readonly name: string;
  /** What goes wrong with it, in one line. */
  readonly breaks: string;
  readonly rule: RuleName;
  /** The file that it is planted in. */
  readonly file: string;
  /** The text that it replaces, which must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The specs that are expected to catch it, which run first. */
  readonly hints: readonly string[];
}
