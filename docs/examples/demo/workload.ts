import type { Socket } from 'node:net';
import {
  EMPTY,
  catchError,
  first,
  ignoreElements,
  interval,
  map,
  mergeMap,
  retry,
  takeUntil,
  tap,
  timeout,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { exponentialBackoff, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';
import type { Tally } from './tally.js';

const REQUESTS_A_SECOND = 200;
/** How long a request may wait for a socket, and then for its answer, in ms. Neither a full pool nor a dead server can hang it. */
const SOCKET_WITHIN = 1_000;
const ANSWER_WITHIN = 1_000;
const RETRIES = 3;

export interface Workload {
  /** No new requests from here on. */
  readonly stop$: Observable<unknown>;
  /** What is still unanswered by now is given up. */
  readonly cancel$: Observable<unknown>;
  readonly tally: Tally;
  /** Hears why a request was lost. */
  readonly onLost: (error: unknown) => void;
}

/** A steady stream of requests. Completes when it has been stopped and the last request has ended, so completion is the drain. */
export function workload(pool: Pool<Socket, Buffer>, { stop$, cancel$, tally, onLost }: Workload): Observable<never> {
  const starts$ = interval(1_000 / REQUESTS_A_SECOND).pipe(takeUntil(stop$));
  return starts$.pipe(
    mergeMap((n) =>
      request(pool, `request ${n}`, tally).pipe(
        tap({
          subscribe: () => tally.sent++,
          next: () => tally.answered++,
          error: () => tally.lost++,
          unsubscribe: () => tally.cancelled++,
        }),
        catchError((error: unknown) => {
          onLost(error);
          return EMPTY;
        }),
        takeUntil(cancel$),
      ),
    ),
    ignoreElements(),
  );
}

/** One line there and back. Every attempt borrows anew, so that a retry lands on a server that is up. */
function request(pool: Pool<Socket, Buffer>, text: string, tally: Tally): Observable<string> {
  const backoff = exponentialBackoff({ initial: 50 });
  return pool
    .use(
      (socket, lease) => {
        socket.write(`${text}\n`);
        // `first` rather than `take(1)`: a server that hangs up without an answer must fail the request, not complete it.
        return lease.data$.pipe(lines(), first(), map(sameAs(text)), timeout(ANSWER_WITHIN));
      },
      { timeout: SOCKET_WITHIN },
    )
    .pipe(
      retry({
        count: RETRIES,
        // Counted when the delay is over: a request cancelled during it was not tried again.
        delay: (error, attempt) => backoff(error, attempt).pipe(tap(() => tally.retries++)),
      }),
    );
}

/** An answer that belongs to another request would mean that two borrowers had shared a socket. */
function sameAs(text: string): (answer: string) => string {
  return (answer) => {
    if (answer !== text) throw new Error('the answer was not the echo of the request');
    return answer;
  };
}
