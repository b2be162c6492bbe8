import { describeError } from '../endpoint/describe-error.js';
import type { Candidate } from './candidate.js';
import type { Placed } from './placed.js';

/** What a pool gives its pick set. */
export interface PickConfig {
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Told the first time that the picker does not keep to its part. The set goes on without it. */
  readonly failed: (error: Error) => void;
}

/** What is common to all ways to pick: how it is done without the picker, and who hears of that. */
export class Picks<T extends Candidate & Placed> {
  private hasFailed = false;
  /** The `order` of the one picked last without the picker. */
  private latest = -1;

  constructor(readonly config: PickConfig) {}

  threw(error: unknown): void {
    if (!this.hasFailed) this.fail(`it threw: ${describeError(error)}`, error);
  }

  ranked({ address }: T, rank: unknown): void {
    if (!this.hasFailed) this.fail(`it ranked ${address} with ${show(rank)}, which is not a number`);
  }

  chose(value: unknown): void {
    if (!this.hasFailed) this.fail(`it returned ${show(value)}, which is none of the candidates`);
  }

  /** One after the other by `order`. A look at all of them: it is not meant to happen. */
  next(list: Iterable<T>): T | undefined {
    let next: T | undefined;
    for (const one of list) {
      const isLater = one.order > this.latest;
      const wasLater = next !== undefined && next.order > this.latest;
      if (next === undefined || (isLater === wasLater ? one.order < next.order : isLater)) next = one;
    }
    if (next !== undefined) this.latest = next.order;
    return next;
  }

  private fail(what: string, cause?: unknown): void {
    this.hasFailed = true;
    this.config.failed(new Error(`The picker of the pool's balance does not work: ${what}`, { cause }));
  }
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
