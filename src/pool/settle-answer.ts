import { from, take, type ObservableInput } from 'rxjs';
import type { Answer } from '../endpoint/transport.js';

/**
 * Waits for the answer of a hook; what cannot be subscribed throws. Returns it where it comes at once; else `undefined`, and `later` hears it. An error and an end without an
 * answer mean no, and only `true` means yes.
 */
export function settleAnswer(answer: Answer | undefined, later: (ok: boolean) => void): boolean | undefined {
  let now: boolean | undefined;
  let isLate = false;
  let isSettled = false;
  const settle = (ok: unknown): void => {
    if (isSettled) return;
    isSettled = true;
    if (isLate) later(ok === true);
    else now = ok === true;
  };
  from(answer as ObservableInput<boolean>)
    .pipe(take(1))
    .subscribe({ next: settle, error: () => settle(false), complete: () => settle(false) });
  isLate = true;
  return now;
}
