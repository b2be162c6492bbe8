import { from, take, type ObservableInput, type Subscription } from 'rxjs';

/**
 * Waits for the answer of a hook. Returns it where it comes at once; else the subscription, and `later` hears it. An error and an end
 * without an answer mean no, and only `true` means yes. What cannot be subscribed throws.
 */
export function settleAnswer(answer: ObservableInput<boolean>, later: (ok: boolean) => void): boolean | Subscription {
  let now: boolean | undefined;
  let isLate = false;
  let isSettled = false;
  const settle = (ok: unknown): void => {
    if (isSettled) return;
    isSettled = true;
    if (isLate) later(ok === true);
    else now = ok === true;
  };
  const asking = from(answer)
    .pipe(take(1))
    .subscribe({ next: settle, error: () => settle(false), complete: () => settle(false) });
  isLate = true;
  return now ?? asking;
}
