import { RxpoolError } from '../endpoint/rxpool-error.js';
import type { BudgetPicture } from './budget-picture.js';
import { describeBorrower } from './describe-borrower.js';

/** What a borrower waited for whose pool got no permit. */
export interface BudgetShortage {
  readonly pool: string;
  /** What the borrower has said of itself. */
  readonly label?: string;
  /** How long the borrower had waited, in ms. */
  readonly waited: number;
  /** How long it was ready to wait, in ms, where it was not its signal that has ended the wait. */
  readonly timeout?: number;
  readonly budget: BudgetPicture;
}

/** More of them do not help a reader; `info` has them all. */
const MOST_NAMES = 10;

/** A borrower got nothing in its time because its pool got no permit for a further socket. `info` and the message say who holds them. */
export class BudgetExceededError extends RxpoolError<BudgetShortage> {
  static override readonly code = 'RXPOOL_BUDGET_EXCEEDED';
  declare readonly code: typeof BudgetExceededError.code;

  constructor(shortage: BudgetShortage, cause?: unknown) {
    super(describe(shortage), { info: shortage, retryable: true, cause });
  }
}

function describe(shortage: BudgetShortage): string {
  const { pool, waited, timeout = Math.round(waited), budget } = shortage;
  const { limit, used, waiting, members } = budget;
  const largest = [...members].sort((a, b) => b.used - a.used);
  const names = largest.slice(0, MOST_NAMES).map((member) => {
    return `; ${member.name} has ${String(member.used)}, waits for ${String(member.waiting)}`;
  });
  if (largest.length > MOST_NAMES) names.push(`; ${String(largest.length - MOST_NAMES)} members more`);
  const permits = `${String(used)} of ${String(limit)} used, ${String(waiting)} waited for`;
  return `pool ${pool}: no leave for a further socket within ${String(timeout)} ms${describeBorrower(shortage)} (budget: ${permits}${names.join('')})`;
}
