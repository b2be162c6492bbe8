import type { Pass } from '../limit/pass.js';
import type { Slot } from './slot.js';

/** Who borrows, as far as they said. */
export interface Origin {
  readonly label?: string | undefined;
  /** Where the borrow was asked for. */
  readonly stack?: string | undefined;
}

/** What is known of one loan where its slot alone cannot tell: of several on one connection, of one that is watched, or one under a limit. */
export class Loan {
  /** The lease, until it is watched for being garbage collected. */
  lease: object | undefined;

  constructor(
    readonly slot: Slot<unknown>,
    readonly lentAt: number,
    readonly waited: number,
    readonly origin: Origin | undefined,
    /** Its way out of the limits of the pool, if there are any. */
    readonly pass: Pass | undefined,
  ) {}

  get isUnderWay(): boolean {
    return this.slot.loans?.has(this) === true;
  }
}

/** What a borrower has said of itself, without what it has not. */
export function told({ label, stack }: Origin = {}): { readonly label?: string; readonly stack?: string } {
  return { ...(label !== undefined && { label }), ...(stack !== undefined && { stack }) };
}
