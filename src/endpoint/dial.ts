import { Observable } from 'rxjs';
import { Attempt } from './attempt.js';
import type { Dialling } from './dialling.js';
import type { Turn } from './turn.js';

/** A connection that is up: its socket, and how long it took to get there, in ms. */
export interface Opened<S> {
  readonly socket: S;
  readonly latency: number;
}

/** An {@link Attempt} for each subscription: emits once, when it is up; errors when it fails or is lost; unsubscribing aborts or closes. */
export function dial<S, D>(endpoint: Dialling<S, D>, turn: Turn): Observable<Opened<S>> {
  return new Observable<Opened<S>>((subscriber) => {
    // Whoever left while it was told of the attempt does not want it made.
    if (subscriber.closed) {
      endpoint.gate.abandoned(true);
      return;
    }
    const over = (error: unknown): void => {
      subscriber.error(error);
    };
    const attempt = new Attempt(endpoint, turn, {
      opened: (socket, latency) => {
        subscriber.next({ socket, latency });
      },
      failed: over,
      lost: over,
      abandoned: () => {
        subscriber.complete();
      },
    });
    subscriber.add(() => {
      attempt.end();
    });
    attempt.start();
  });
}
