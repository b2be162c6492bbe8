import { Observable, Subscription } from 'rxjs';
import type { Clock } from './clock.js';
import { setDeadline } from './deadline.js';
import type { CloseOptions, Transport } from './transport.js';

/**
 * Closes a socket through its transport. What takes longer than `timeout` ms is closed by force. Completes when the socket has closed, or
 * when that fails or takes as long again; never errors.
 */
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
    const closing = new Subscription();
    const timer = setDeadline(clock, clock.now() + timeout, () => {
      closing.unsubscribe();
      if (options.force === true) done();
      else subscriber.add(closeWithin(timeout, clock, transport, socket, { force: true }).subscribe(subscriber));
    });
    subscriber.add(closing);
    subscriber.add(() => {
      timer.cancel();
    });
    try {
      closing.add(transport.close(socket, options).subscribe({ error: done, complete: done }));
    } catch {
      done();
    }
  });
}
