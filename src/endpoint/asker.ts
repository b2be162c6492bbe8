import type { RetriesExhaustedError } from './retries-exhausted-error.js';

/** Somebody who wants to dial. Asks with `take`; told with `turn` when asking again is worth it. */
export interface Asker {
  /** Whether waiting for a turn keeps the process alive. */
  readonly keepsAlive: boolean;
  /** Whether a borrower waits for what is dialled. */
  urgent(): boolean;
  /** A turn is free. Take it now, or it passes to the next asker. */
  turn(): void;
  /** The endpoint has given up. */
  gaveUp(error: RetriesExhaustedError): void;
}
