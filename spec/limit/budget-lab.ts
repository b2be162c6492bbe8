import type { Subscription } from 'rxjs';
import type { BudgetMember } from '../../src/limit/budget-member.js';
import type { Budget } from '../../src/limit/budget.js';
import type { Permit } from '../../src/limit/permit.js';
import type { ReserveOptions } from '../../src/limit/reserve-options.js';

/** One request, and what it has got so far. */
export class Asked {
  readonly permits: Permit[] = [];
  isComplete = false;
  readonly subscription: Subscription;

  constructor(budget: Budget, options?: ReserveOptions, granted?: (permit: Permit) => void) {
    this.subscription = budget.reserve(options).subscribe({
      next: (permit) => {
        this.permits.push(permit);
        granted?.(permit);
      },
      complete: () => {
        this.isComplete = true;
      },
    });
  }

  get isGranted(): boolean {
    return this.permits.length > 0;
  }

  withdraw(): void {
    this.subscription.unsubscribe();
  }

  release(): void {
    this.permits[0]!.release();
  }
}

export function ask(budget: Budget, options?: ReserveOptions): Asked {
  return new Asked(budget, options);
}

/** Takes all that is free. */
export function exhaust(budget: Budget): Permit[] {
  const { limit, used } = budget.picture;
  return Array.from({ length: limit - used }, () => ask(budget).permits[0]!);
}

/** A pool as the test says: its connections become idle at the times given, and close when they are told to. */
export class FakeMember implements BudgetMember {
  readonly lent: Permit[] = [];
  readonly idle: { readonly since: number; readonly permit: Permit }[] = [];
  readonly closing: Permit[] = [];
  readonly leave: () => void;
  isWaitedFor: boolean | undefined;

  constructor(
    private readonly budget: Budget,
    readonly name: string,
  ) {
    this.leave = budget.join(this);
  }

  get idleSince(): number | undefined {
    return this.idle[0]?.since;
  }

  evict(): void {
    this.closing.push(this.idle.shift()!.permit);
  }

  ask(urgent = true): Asked {
    return new Asked(this.budget, { urgent, holder: this });
  }

  /** Has connections that are idle since then. */
  rest(...times: readonly number[]): this {
    for (const since of times) this.idle.push({ since, permit: this.ask(false).permits[0]! });
    return this;
  }

  /** A close is done. */
  closed(): void {
    this.closing.shift()!.release();
  }
}
