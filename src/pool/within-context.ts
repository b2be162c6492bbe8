import { Observable } from 'rxjs';
import { inContext, type Within } from './in-context.js';

/** Emits in the async context of whoever subscribes, and not in that of whoever had the socket opened. */
export function withinContext<T>(source: Observable<T>, context: () => Within): Observable<T> {
  return new Observable<T>((subscriber) => {
    const within = context();
    return source.subscribe({
      next: (value) => {
        inContext(within, () => {
          subscriber.next(value);
        });
      },
      error: (error: unknown) => {
        inContext(within, () => {
          subscriber.error(error);
        });
      },
      complete: () => {
        inContext(within, () => {
          subscriber.complete();
        });
      },
    });
  });
}
