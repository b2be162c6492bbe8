import { Observable, Subscription } from 'rxjs';
import { setDeadline } from './deadline.js';
import type { Dialling } from './dialling.js';

/**
 * Closes a socket through its transport. What takes longer than `hookTimeout` is closed by force. Completes when the socket has closed, or
 * when that fails or takes as long again; never errors.
 */
export function closeWithin<S, D>(
  endpoint: Pick<Dialling<S, D>, 'transport' | 'clock' | 'hookTimeout'>,
  socket: S,
  force: boolean,
): Observable<never> {
  const { transport, clock, hookTimeout } = endpoint;
  return new Observable<never>((subscriber) => {
    const done = (): void => {
      subscriber.complete();
    };
    const closing = new Subscription();
    const timer = setDeadline(clock, clock.now() + hookTimeout, () => {
      closing.unsubscribe();
      if (force) done();
      else subscriber.add(closeWithin(endpoint, socket, true).subscribe(subscriber));
    });
    subscriber.add(closing);
    subscriber.add(() => {
      timer.cancel();
    });
    try {
      closing.add(transport.close(socket, { force }).subscribe({ error: done, complete: done }));
    } catch {
      done();
    }
  });
}
