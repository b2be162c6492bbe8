import { Observable, type ObservableInput, type SchedulerLike } from 'rxjs';
import { exponentialBackoff } from './backoff.js';
import { checkConfig, type Rule } from './check-config.js';
import type { Clock } from './clock.js';
import { ConnectGate } from './connect-gate.js';
import type { ConnectionEvent } from './connection-event.js';
import type { Dialling } from './dialling.js';
import type { EndpointStatus } from './endpoint-status.js';
import { isRetryable } from './is-retryable.js';
import { lifecycle } from './lifecycle.js';
import { retryRules, type RetryConfig } from './retry-config.js';
import { retryDelay } from './retry-delay.js';
import { systemRandom } from './system-random.js';
import { toClock } from './to-clock.js';
import { checkRate, TokenBucket, type Rate } from './token-bucket.js';
import { worthRules, type Transport } from './transport.js';

export interface EndpointConfig<S, D = unknown> {
  /** When to try again, and when to give up. @default for ever, with exponentialBackoff() */
  readonly retry?: RetryConfig | undefined;
  /** Attempts under way at once, over all users of the endpoint. @default 4 */
  readonly maxConnecting?: number | undefined;
  /** How often it may be dialled, over all users of the endpoint; retries and probes count as well. @default any number of times */
  readonly connectRate?: Rate | undefined;
  /**
   * Runs on each new socket before anybody gets it: handshake, login. Read what it answers by the transport's `data(socket)`. Its failure is
   * a failed attempt. @default nothing to do
   */
  readonly prepare?: ((socket: S, transport: Transport<S, D>) => ObservableInput<unknown> | undefined) | undefined;
  /** The longest that `prepare` may take, and a socket may take to close, in ms. @default 5_000 */
  readonly hookTimeout?: number | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | SchedulerLike | undefined;
  /** Numbers from 0 to below 1, for the jitter. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export const endpointRules: Readonly<Record<keyof EndpointConfig<unknown>, Rule>> = {
  retry: { is: 'object' },
  maxConnecting: { integer: [1, Number.MAX_SAFE_INTEGER] },
  connectRate: { is: 'object' },
  prepare: { is: 'function' },
  hookTimeout: { number: [1, Infinity] },
  clock: { is: 'object' },
  random: { is: 'function' },
};

/** By this an endpoint is known, also one that another copy of the package has made. */
export const endpointBrand: unique symbol = Symbol.for('rxpool.endpoint@1') as never;

/** One address: an Observable of connection events, and the shared knowledge of whether the address is up. */
export interface Endpoint<S = unknown, D = unknown> extends Observable<ConnectionEvent<S, D>> {
  readonly address: string;
  /** The same events without `data`: nothing reads the socket. Each subscription keeps a connection of its own. */
  readonly lifecycle$: Observable<ConnectionEvent<S>>;
  /** How the address is. Emits at once, never errors, never dials. */
  readonly status$: Observable<EndpointStatus>;
  readonly status: EndpointStatus;
  /** Ends a delay at once, and revives an endpoint that has given up. */
  retryNow(): void;
  /** @internal */
  readonly [endpointBrand]: Dialling<S, D>;
}

/**
 * An address as a cold Observable of connection events: subscribing connects, unsubscribing closes, and losses are retried with backoff.
 *
 * Each subscription keeps one connection of its own; failure count, delays and the limit of attempts are shared by all of them, and by
 * every pool that is given this endpoint. The stream errors only when it gives up, with `RetriesExhaustedError`, and never completes.
 *
 * ```
 * transport   ──x────────x──────o─────────────────x───────o──
 * endpoint    ─cf──(delay)cf────cC──d──d──d───────r(delay)cR─
 *              c connecting  f failed  C connected  d data  r reset  R reconnected
 * ```
 *
 * @example
 * ```ts
 * import { endpoint } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * endpoint(tcp('localhost:5000'), { retry: { count: 100 } }).subscribe({
 *   next(event) {
 *     if (event.type === 'connected') event.socket.write('hello\n');
 *     if (event.type === 'reset') console.log('lost', event.error, 'again in', event.retryIn);
 *     if (event.type === 'data') console.log(event.data.toString());
 *   },
 *   error: (gaveUp) => console.error(gaveUp),
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function endpoint<S, D>(transport: Transport<S, D>, config: EndpointConfig<S, D> = {}): Endpoint<S, D> {
  if (typeof (transport as Partial<Transport<S, D>> | undefined)?.open !== 'function') {
    throw new TypeError('endpoint: pass a transport, for example tcp("localhost:5000")');
  }
  const { weight, priority } = transport;
  checkConfig('endpoint: transport', { weight, priority }, worthRules);
  checkConfig('endpoint', config, endpointRules);
  checkConfig('endpoint: retry', config.retry, retryRules);
  const { connectRate } = config;
  if (connectRate !== undefined) checkRate('endpoint: connectRate', connectRate);
  const { maxConnecting = 4, prepare, hookTimeout = 5_000, random = systemRandom, retry = {} } = config;
  const clock = toClock(config.clock);
  const gate = new ConnectGate({
    address: transport.address,
    clock,
    maxConnecting,
    bucket: new TokenBucket(connectRate ?? { perSecond: Infinity, burst: 1 }),
    count: retry.count ?? Infinity,
    delay: retryDelay(retry.delay ?? exponentialBackoff(), random),
    resetAfter: retry.resetAfter ?? 5_000,
    urgentMax: retry.urgentMax ?? 1_000,
    shouldRetry: safely(retry.shouldRetry ?? isRetryable),
  });
  return new SharedEndpoint({ transport, gate, clock, hookTimeout, ...(prepare && { prepare }) });
}

/** A predicate that throws has not said yes. */
function safely(predicate: (error: unknown) => boolean): (error: unknown) => boolean {
  return (error) => {
    try {
      return predicate(error);
    } catch {
      return false;
    }
  };
}

class SharedEndpoint<S, D> extends Observable<ConnectionEvent<S, D>> implements Endpoint<S, D> {
  readonly lifecycle$: Observable<ConnectionEvent<S>>;
  readonly status$: Observable<EndpointStatus>;
  readonly [endpointBrand]: Dialling<S, D>;

  constructor(dialling: Dialling<S, D>) {
    const events = lifecycle(dialling, true);
    super((subscriber) => events.subscribe(subscriber));
    this[endpointBrand] = dialling;
    this.lifecycle$ = lifecycle<S, never>(dialling as Dialling<S, never>, false);
    const { gate } = dialling;
    this.status$ = new Observable<EndpointStatus>((subscriber) => {
      subscriber.add(gate.watch(() => subscriber.next(gate.status)));
      subscriber.next(gate.status);
    });
  }

  get address(): string {
    return this[endpointBrand].transport.address;
  }

  get status(): EndpointStatus {
    return this[endpointBrand].gate.status;
  }

  retryNow(): void {
    this[endpointBrand].gate.retryNow();
  }
}
