import type { Rule } from '../endpoint/check-config.js';
import type { Complete } from '../endpoint/complete.js';
import { demandBetween, wantsRoom, type Demand, type Load } from './demand.js';

/** How `autoscale` sizes a pool. Durations are in ms. */
export interface AutoscaleConfig {
  /** `max` is never made less than this, nor less than the pool's `min`. */
  readonly min: number;
  /** Nor more than this. */
  readonly max: number;
  /** Which share of `max` the mean demand may take. @default 0.7 */
  readonly target?: number | undefined;
  /** How many borrowers a connection may have at once: what the pool has. @default 1 */
  readonly concurrency?: number | undefined;
  /** The time over which the demand is measured, at least; the pool's `stats$` sets the pace. @default 1_000 */
  readonly interval?: number | undefined;
  /** A longer mean wait is a reason to grow, however small the demand. @default 100 */
  readonly waitLimit?: number | undefined;
  /** `max` is made smaller when the demand has been low for this long. @default 60_000 */
  readonly shrinkAfter?: number | undefined;
  /** Which share of `max` is left as it is, between what has been needed and what would make it shrink. @default 0.1 */
  readonly tolerance?: number | undefined;
  /** `max` grows to at most this many times its size at once, and shrinks to no less than that part of it. @default 2 */
  readonly factor?: number | undefined;
}

/** A change of a pool's `max`, and the numbers that led to it. */
export interface AutoscaleDecision extends Demand {
  /** In ms since the epoch. */
  readonly at: number;
  /** `max` as it was, and as it is now. */
  readonly from: number;
  readonly to: number;
  /** Also the reason of the pool's `resized` event. */
  readonly reason: string;
}

const size: Rule = { integer: [1, Number.MAX_SAFE_INTEGER] };

export const autoscaleRules: Readonly<Record<keyof AutoscaleConfig, Rule>> = {
  min: size,
  max: size,
  target: { number: [0.01, 1] },
  concurrency: size,
  interval: { number: [1_000, Number.MAX_SAFE_INTEGER] },
  waitLimit: { number: [0, Infinity] },
  shrinkAfter: { number: [0, Infinity] },
  tolerance: { number: [0, 0.9] },
  factor: { number: [1, Infinity] },
};

/** Less than any demand: 2.1 ÷ 0.7 is a little over 3 in a computer, and 3 connections are enough. */
const HAIR = 1e-9;

interface Proposal {
  readonly size: number;
  readonly reason: string;
}

/** Decides on the size of one pool: grows it at once, and shrinks it only when little has been needed for some time. */
export class Scaling {
  /** Since when little has been needed, and the most that it was since. */
  private lowSince: number | undefined;
  private peak = 0;

  constructor(private readonly config: Complete<AutoscaleConfig>) {}

  /** What has been measured lately says nothing about the demand. */
  forget(): void {
    this.lowSince = undefined;
    this.peak = 0;
  }

  /** What follows from what was asked of the pool between two snapshots, if anything does. */
  decide(before: Load, after: Load): AutoscaleDecision | undefined {
    const { at, max: from } = after;
    const measured = demandBetween(before, after);
    const needed = this.needed(measured);
    const proposal =
      this.outside(after) ?? this.more(measured, needed, before, after) ?? this.less(needed, before.at, after);
    if (proposal === undefined) return undefined;
    this.forget();
    const to = this.bound(proposal.size, after.min);
    return to === from ? undefined : { at, from, to, reason: proposal.reason, ...measured };
  }

  private needed({ demand, backlog }: Demand): number {
    const { target, concurrency } = this.config;
    return Math.ceil(Math.max(demand / target, demand + backlog) / concurrency - HAIR);
  }

  private outside({ min: poolMin, max: from }: Load): Proposal | undefined {
    const { min, max } = this.config;
    if (from === this.bound(from, poolMin)) return undefined;
    return { size: from, reason: `${from} is not between ${min} and ${max}` };
  }

  private more({ demand, backlog, wait }: Demand, needed: number, before: Load, after: Load): Proposal | undefined {
    const { target, waitLimit, factor } = this.config;
    const { max: from } = after;
    if (needed > from) {
      const size = Math.min(needed, Math.max(from + 1, Math.floor(from * factor)));
      if (demand / target >= demand + backlog)
        return { size, reason: `demand ${round(demand)} of ${from} at ${target}` };
      return { size, reason: `demand ${round(demand)} and a backlog of ${round(backlog)} of ${from}` };
    }
    // That there is no room now is not enough: they may have waited while it was being taken.
    if (wait <= waitLimit || before.owned < before.max || !wantsRoom(before, after)) return undefined;
    return { size: from + 1, reason: `mean wait ${round(wait)} ms, over ${waitLimit} ms` };
  }

  private less(needed: number, start: number, { at, max: from }: Load): Proposal | undefined {
    const { shrinkAfter, factor } = this.config;
    if (this.ample(needed) >= from) {
      this.forget();
      return undefined;
    }
    this.lowSince ??= start;
    this.peak = Math.max(this.peak, needed);
    const lowFor = at - this.lowSince;
    if (lowFor < shrinkAfter) return undefined;
    return {
      size: Math.max(this.ample(this.peak), Math.min(from - 1, Math.ceil(from / factor))),
      reason: `at most ${this.peak} of ${from} needed for ${round(lowFor / 1_000)} s`,
    };
  }

  /** What is needed, and a little more: what would else be needed again at once is not given up. */
  private ample(needed: number): number {
    return Math.ceil(needed / (1 - this.config.tolerance));
  }

  private bound(size: number, poolMin: number): number {
    const { min, max } = this.config;
    return Math.max(min, poolMin, Math.min(max, size));
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
