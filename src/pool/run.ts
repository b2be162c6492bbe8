import { Subscription, type Observable } from 'rxjs';
import type { Desk } from './desk.js';

/** A use as a promise of the last value of its project. An abort of the signal ends the wait and the work alike. */
export function run<S, D, T>(desk: Desk<S, D>, work: Observable<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let result: T;
    const running = new Subscription();
    running.add(
      work.subscribe({
        next: (value) => {
          result = value;
        },
        error: (error: unknown) => {
          running.unsubscribe();
          reject(error as Error);
        },
        complete: () => {
          running.unsubscribe();
          resolve(result);
        },
      }),
    );
    if (signal === undefined || running.closed) return;
    running.add(
      desk.onAbort(signal, (reason) => {
        running.unsubscribe();
        reject(reason as Error);
      }),
    );
  });
}
