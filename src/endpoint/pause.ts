import { Observable } from 'rxjs';
import type { Clock } from './clock.js';

/** Completes after that many ms, and does not keep the process alive. */
export function pause(clock: Clock, ms: number): Observable<never> {
  return new Observable<never>((subscriber) => {
    const timer = clock.set(clock.now() + ms, () => subscriber.complete());
    timer.unref();
    return () => timer.cancel();
  });
}
