import { defer, EMPTY, Observable, retry, switchMap, tap } from 'rxjs';
import type { ConnectionEvent } from './connection-event.js';
import { dial } from './dial.js';
import type { Dialling } from './dialling.js';
import { subscribeUntilClosed } from './subscribe-until-closed.js';
import type { Turn } from './turn.js';
import { turns } from './turns.js';
import { upEvent } from './up-event.js';

/**
 * The events of one connection for each subscription, kept alive by `retry({ delay })`, where the delay is the wait for a turn of the
 * endpoint's gate. With `reading` off nothing touches what arrives on the socket.
 */
export function lifecycle<S, D>(endpoint: Dialling<S, D>, reading: boolean): Observable<ConnectionEvent<S, D>> {
  const { transport, gate, clock } = endpoint;
  const nextTurn = turns(gate);

  return new Observable<ConnectionEvent<S, D>>((subscriber) => {
    let attempt = 0;
    let up = false;
    let resetAt: number | undefined;

    function onUp(socket: S, latency: number): void {
      up = true;
      attempt = 0;
      subscriber.next(upEvent(socket, latency, clock.now(), resetAt));
    }

    function onDown(error: unknown): void {
      const { retryIn } = gate;
      const next = retryIn === undefined ? {} : { retryIn };
      const at = clock.now();
      if (up) resetAt = at;
      subscriber.next(up ? { type: 'reset', error, ...next, at } : { type: 'failed', error, attempt, ...next, at });
      up = false;
    }

    const read = (socket: S, turn: Turn): Observable<unknown> =>
      defer(() => transport.data(socket)).pipe(
        tap({
          next: (data) => {
            subscriber.next({ type: 'data', data, at: clock.now() });
          },
          // A connection that cannot be read is as good as lost.
          error: (error: unknown) => {
            gate.lost(turn, error);
          },
        }),
      );

    const connection = nextTurn.pipe(
      switchMap((firstTurn) => {
        let turn = firstTurn;
        return defer(() => {
          attempt++;
          subscriber.next({ type: 'connecting', attempt, at: clock.now() });
          return dial(endpoint, turn);
        }).pipe(
          tap(({ socket, latency }) => {
            onUp(socket, latency);
          }),
          switchMap(({ socket }) => (reading ? read(socket, turn) : EMPTY)),
          retry({
            delay: (error) => {
              onDown(error);
              return nextTurn.pipe(
                tap((granted) => {
                  turn = granted;
                }),
              );
            },
          }),
        );
      }),
    );
    // Also whoever leaves in an event within the subscribe has left.
    subscribeUntilClosed(connection, subscriber, {
      error: (error: unknown) => {
        subscriber.error(error);
      },
    });
  });
}
