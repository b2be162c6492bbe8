import { from, take, type ObservableInput, type Subscription } from 'rxjs';

/**
 * Waits for the answer of a hook. Returns it where it comes at once; else `undefined`, and `later` hears it. An error and an end without an
 * answer mean no, and only `true` means yes. What cannot be subscribed throws. The hook is let go of at the end of the connection's `life`.
 */
export function settleAnswer(
  answer: ObservableInput<boolean>,
  later: (ok: boolean) => void,
  life?: Subscription,
): boolean | undefined {
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
  life?.add(asking);
  isLate = true;
  return now;
}
