/** Counts since the pool was made. */
export interface Totals {
  /** Attempts to connect that succeeded. */
  opened: number;
  /** Attempts to connect that failed. */
  failed: number;
  /** Open connections that closed under the pool. */
  lost: number;
  /** Connections that the pool closed. */
  closed: number;
  /** Loans begun. */
  borrowed: number;
  /** Loans ended by `release`. */
  released: number;
  /** Loans ended by `destroy`. */
  destroyed: number;
  /** Loans ended by `detach`, or left open at `close`. */
  detached: number;
  /** Loans ended by the loss of the connection. */
  lostLent: number;
  /** Borrowers that had to wait. */
  queued: number;
  timedOut: number;
  cancelled: number;
  /** Borrowers turned away because the queue was full. */
  rejected: number;
}
