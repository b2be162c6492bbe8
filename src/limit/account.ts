import type { BudgetMember } from './budget-member.js';

/** What a budget knows of one holder; of all requests without a holder together, where there is no member. */
export class Account {
  /** How often the member takes part. */
  joins = 0;
  used = 0;
  waiting = 0;
  /** How many of its connections have been asked for, and not given back yet. */
  evictions = 0;
  /** It was asked for one and has given nothing back since. */
  isSlow = false;

  constructor(readonly member: BudgetMember | undefined) {}

  /** Nothing would be lost if it were forgotten. */
  get isEmpty(): boolean {
    return this.joins === 0 && this.used === 0 && this.waiting === 0;
  }

  /** When the connection that it can be asked for became idle. It cannot be asked for more than it holds. */
  get idleSince(): number | undefined {
    if (this.joins === 0 || this.evictions >= this.used) return undefined;
    try {
      return this.member?.idleSince;
    } catch {
      return undefined;
    }
  }

  /** Whether something is to be closed for its urgent requests. */
  get isWaitedFor(): boolean {
    return this.member?.isWaitedFor !== false;
  }

  /** False if the member says so, by throwing. */
  evict(): boolean {
    try {
      this.member?.evict();
      return true;
    } catch {
      return false;
    }
  }
}
