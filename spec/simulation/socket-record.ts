/** What is known of a socket that was opened for a pool. */
export interface SocketRecord {
  readonly address: string;
  openedAt: number;
  hasClosed: boolean;
  /** It was detached, or left to its borrower by the close of the pool. */
  isForeign: boolean;
  /** The borrower took the listeners away that tell of errors. */
  isDeafened: boolean;
  /** Somebody has it without a lease. */
  isAllocated: boolean;
  /** It must not be lent again, since it was retired, or destroyed by one of those who shared it. */
  isDoomed: boolean;
  /** Perhaps it must not. */
  isSuspicious: boolean;
  /** Its listeners at its first grant. */
  listeners: readonly number[] | undefined;
  /** Loans that have ended. */
  uses: number;
  /** When the latest loan ended, and when it was last validated. */
  returnedAt: number;
  validatedAt: number;
}

export function newRecord(address: string, now: number): SocketRecord {
  return {
    ...{ address, openedAt: now, returnedAt: now, validatedAt: -Infinity, uses: 0, listeners: undefined },
    ...{ hasClosed: false, isForeign: false, isDeafened: false },
    ...{ isAllocated: false, isDoomed: false, isSuspicious: false },
  };
}
