import { CANCELLED } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { Observable } from 'rxjs';
import type { Clock } from '../endpoint/clock.js';
import { setDeadline } from '../endpoint/deadline.js';

/** A checked {@link QueryConfig}, as far as a single query needs it. */
export interface QuerySettings {
  readonly servers: readonly string[] | undefined;
  readonly timeout: number;
  readonly clock: Clock;
}

/** Asks the name servers one thing and emits the answer. Unsubscribing cancels the query, so does `timeout`. */
export function query<T>(
  { servers, timeout, clock }: QuerySettings,
  ask: (resolver: Resolver) => Promise<T>,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    // A new one each time: it reads the system's name servers when it is made, and those may change.
    const resolver = new Resolver();
    if (servers !== undefined) resolver.setServers(servers);
    // An open query keeps the process alive, and nothing can be done about it but to let none be open for long.
    const deadline = setDeadline(clock, clock.now() + timeout, () => resolver.cancel());
    deadline.unref();
    ask(resolver).then(
      (answer) => {
        subscriber.next(answer);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(isCancelled(error) ? tooLate(timeout, error) : error),
    );
    return () => {
      deadline.cancel();
      resolver.cancel();
    };
  });
}

function isCancelled(error: unknown): boolean {
  return (error as Partial<NodeJS.ErrnoException>).code === CANCELLED;
}

function tooLate(timeout: number, cause: unknown): Error {
  return new Error(`no answer within ${String(timeout)} ms`, { cause });
}
