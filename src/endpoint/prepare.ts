import { from, Observable } from 'rxjs';
import { setDeadline } from './deadline.js';
import type { Dialling } from './dialling.js';
import { HookTimeoutError } from './hook-timeout-error.js';

/** Runs the endpoint's `prepare` on a new socket. Completes when the hook has; errors when it fails or is late. */
export function prepare<S, D>(endpoint: Dialling<S, D>, socket: S): Observable<never> {
  return new Observable<never>((subscriber) => {
    const { clock, hookTimeout, transport } = endpoint;
    const answer = endpoint.prepare?.(socket, transport);
    if (answer === undefined) {
      subscriber.complete();
      return;
    }
    const timer = setDeadline(clock, clock.now() + hookTimeout, () => {
      subscriber.error(new HookTimeoutError('prepare', transport.address, hookTimeout));
    });
    subscriber.add(() => {
      timer.cancel();
    });
    let isDone = false;
    const running = from(answer).subscribe({
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        isDone = true;
      },
    });
    subscriber.add(running);
    // Done only when it has let go of the socket: operators complete before they tear down.
    running.add(() => {
      if (isDone) subscriber.complete();
    });
  });
}
