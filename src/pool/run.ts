import { Subscription, type Observable } from 'rxjs';
import type { Desk } from './desk.js';

/** A use as a promise of the last value of its project. An abort of the signal ends the wait and the work alike. */
export function run<S, D, T>(desk: Desk<S, D>, work: Observable<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let result: T;
    const running = new Subscription();
    const end =
      <V>(settle: (value: V) => void) =>
      (value: V): void => {
        running.unsubscribe();
        settle(value);
      };
    running.add(
      work.subscribe({
        next: (value) => {
          result = value;
        },
        error: end(reject),
        complete: () => {
          end(resolve)(result);
        },
      }),
    );
    if (signal !== undefined && !running.closed) running.add(desk.onAbort(signal, end(reject)));
  });
}
