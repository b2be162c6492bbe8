import { catchError, concat, concatMap, defer, filter, of, repeat, type Observable } from 'rxjs';
import type { Backoff } from '../endpoint/backoff.js';
import type { Clock } from '../endpoint/clock.js';
import type { Transport } from '../endpoint/transport.js';
import { DiscoveryError } from './discovery-error.js';
import type { DiscoveryConfig } from './discovery-config.js';
import { failureTeller } from './failure-teller.js';
import { KnownServers } from './known-servers.js';
import { pause } from '../endpoint/pause.js';
import type { ListedServer } from './server-address.js';

/** What a look-up has found. */
export interface Answer {
  readonly servers: readonly ListedServer[];
  /** For how long it may be relied on, in ms. */
  readonly standsFor: number;
  /** Why a part of it is from before: it is then asked for again as after a failure. */
  readonly failure?: unknown;
}

/** Who asks, how failures are told, and how long to wait after them. */
export interface Asking<S, D> extends DiscoveryConfig<S, D> {
  readonly source: string;
  readonly clock: Clock;
  readonly backoff: Backoff;
}

/**
 * The servers as transports: asked for, again when an answer no longer stands, and again with backoff after a failure. Emits when they have
 * changed; neither errors nor completes.
 *
 * @param newLookup makes what asks, one for each subscription
 */
export function keepAsking<S, D>(
  newLookup: () => { ask(): Observable<Answer> },
  asking: Asking<S, D>,
): Observable<readonly Transport<S, D>[]> {
  const { source, clock, backoff } = asking;
  return defer(() => {
    const lookup = newLookup();
    const known = new KnownServers(asking);
    const tell = failureTeller(asking);
    let failures = 0;

    const afterSuccess = (standsFor: number): Observable<never> => {
      failures = 0;
      return pause(clock, standsFor);
    };
    const afterFailure = (cause: unknown): Observable<never> => {
      failures++;
      tell(new DiscoveryError({ source, known: known.size }, cause), failures === 1);
      // Even a delay of 0 lets the event loop turn once.
      return pause(clock, Math.max(1, backoff.duration(failures)));
    };

    return defer(() => lookup.ask()).pipe(
      concatMap(({ servers, standsFor, failure }) =>
        concat(
          of(known.update(servers)),
          defer(() => (failure === undefined ? afterSuccess(standsFor) : afterFailure(failure))),
        ),
      ),
      catchError(afterFailure),
      repeat(),
      filter((transports) => transports !== undefined),
    );
  });
}
