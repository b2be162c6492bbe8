import { Observable } from 'rxjs';
import type { Clock } from './clock.js';
import type { CloseOptions, Transport } from './transport.js';

/** Closes a socket through its transport. Completes when that is done, has failed or takes longer than `timeout` ms; never errors. */
export function closeWithin<S, D>(
  timeout: number,
  clock: Clock,
  transport: Transport<S, D>,
  socket: S,
  options: CloseOptions,
): Observable<never> {
  return new Observable<never>((subscriber) => {
    const done = (): void => {
      subscriber.complete();
    };
    const timer = clock.set(clock.now() + timeout, done);
    subscriber.add(() => {
      timer.cancel();
    });
    try {
      subscriber.add(transport.close(socket, options).subscribe({ error: done, complete: done }));
    } catch {
      done();
    }
  });
}
