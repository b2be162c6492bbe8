import { checkConfig, type Rule } from './check-config.js';

/** How often something may happen. */
export interface Rate {
  /** So often a second, in the long run. */
  readonly perSecond: number;
  /** So often at once, after a pause. @default perSecond, at least 1 */
  readonly burst?: number | undefined;
}

export const rateRules: Readonly<Record<keyof Rate, Rule>> = {
  perSecond: { number: [0.000_001, 100_000] },
  burst: { integer: [1, Number.MAX_SAFE_INTEGER] },
};

/** @throws TypeError or RangeError for a wrong rate, naming what is wrong. */
export function checkRate(
  subject: string,
  rate: unknown,
  rules: Readonly<Record<string, Rule>> & typeof rateRules = rateRules,
): void {
  checkConfig(subject, rate, rules);
  if ((rate as Partial<Rate> | undefined)?.perSecond === undefined) {
    throw new TypeError(`${subject}: perSecond is missing; it is how often a second something may happen`);
  }
}

/** Lets through so much at once and then so much a second: an account of tokens, without a timer. */
export class TokenBucket {
  /** How long it takes to fill when it is empty, in ms. */
  readonly fillTime: number;
  /** The time that one token stands for, in ms. */
  private readonly interval: number;
  private readonly room: number;
  private fullAt = -Infinity;

  constructor({ perSecond, burst = Math.max(1, perSecond) }: Rate) {
    this.interval = 1_000 / perSecond;
    this.room = (burst - 1) * this.interval;
    this.fillTime = burst * this.interval;
  }

  /** When there is a token. */
  get readyAt(): number {
    // One time and not two: whoever waits until then must find it to the last digit.
    return this.fullAt - this.room;
  }

  /** Takes a token, and says 0; or says how long it is until there is one, in ms. */
  take(now: number): number {
    const { readyAt } = this;
    if (readyAt > now) return readyAt - now;
    this.fullAt = Math.max(now, this.fullAt) + this.interval;
    return 0;
  }

  /** What a token was taken for did not happen. */
  giveBack(): void {
    this.fullAt -= this.interval;
  }
}
