import { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { Pool } from '../pool/pool.js';
import type { PoolStatus } from '../pool/pool-status.js';
import { checkProtocol } from './request-protocol-check.js';
import { requestClientRules, type RequestClientConfig } from './request-client-config.js';
import { requestRules, type RequestConfig } from './request-config.js';
import { RequestCore } from './request-core.js';
import { RequestLimitError } from './request-limit-error.js';
import { RequestListener } from './request-listener.js';
import type { Protocol } from './request-protocol.js';
import { RequestRun } from './request-run.js';
import type { RequestSocket } from './request-socket.js';

/** How the pool of a client is, and how much there is to do. */
export interface RequestClientState extends PoolStatus {
  /** Requests under way: waiting for a connection or an answer. */
  readonly inFlight: number;
}

/** Many requests at once on the connections of a pool. Made by {@link requestClient}. */
export interface RequestClient<Request, Frame, Answer = Frame> {
  /**
   * Asks for each subscription. Emits the answers, most often one, and completes after the last.
   *
   * Unsubscribing forgets this request only. If it has been sent, its answer is awaited and dropped.
   */
  request(message: Request, config?: RequestConfig): Observable<Answer>;
  /**
   * Frames that belong to no request, of all connections in use. While somebody is subscribed one connection is kept in
   * use, and taken anew after a loss. What nobody listens to is not kept. Never errors; completes when the pool has
   * closed.
   */
  readonly pushes$: Observable<Frame>;
  /** Emits at once, then at most once a turn of the event loop. Never errors, never dials; completes when the pool has closed. */
  readonly state$: Observable<RequestClientState>;
  readonly state: RequestClientState;
}

const NO_CONFIG: RequestConfig = {};

/**
 * A client that has many requests under way on few connections, over any protocol.
 *
 * How many a connection takes at once is the pool's `concurrency`: each request is a lease. A request gets an idle
 * connection, else the one with the fewest requests. What is asked within one turn of the event loop is written in one
 * piece.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { lines, requestClient } from 'rxpool/protocol';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool(tcp('quotes.internal:7000'), { max: 2, concurrency: 100 });
 * const quotes = requestClient(pool, {
 *   frames: lines(), // one line is the answer
 *   encode: (symbol: string) => `price ${symbol}\n`,
 * });
 *
 * quotes.request('EURUSD', { timeout: 500, idempotent: true }).subscribe({ next: console.log, error: report });
 * ```
 *
 * A request errors with what `answer` or `encode` of the protocol throws; with {@link RequestLostError} when its
 * connection is lost and it is not retried; with {@link RequestTimeoutError}; with {@link RequestLimitError} or
 * {@link BufferFullError} when too much is under way; and with what `pool.borrow()` errors with.
 *
 * @param pool Its connections are for this client, unless its `concurrency` is 1. Closing it lets requests finish.
 * @param protocol See {@link Protocol}.
 * @param config See {@link RequestClientConfig}; nothing is required.
 * @throws TypeError or RangeError for a wrong protocol or option, naming it.
 */
export function requestClient<Request, Frame, Answer = Frame>(
  pool: Pool<RequestSocket, Uint8Array>,
  protocol: Protocol<Request, Frame, Answer>,
  config: RequestClientConfig = {},
): RequestClient<Request, Frame, Answer> {
  if (typeof (pool as Partial<typeof pool> | undefined)?.tryBorrow !== 'function') {
    throw new TypeError(
      'requestClient: pass a pool, for example createPool(tcp("localhost:5000"), { concurrency: 100 })',
    );
  }
  checkProtocol('requestClient', protocol);
  checkConfig('requestClient', config, requestClientRules);
  return new PooledClient(new RequestCore(pool, protocol, config));
}

class PooledClient<Request, Frame, Answer> implements RequestClient<Request, Frame, Answer> {
  readonly pushes$: Observable<Frame>;
  readonly state$: Observable<RequestClientState>;

  constructor(private readonly core: RequestCore<Request, Frame, Answer>) {
    this.pushes$ = pushes(core);
    this.state$ = new Observable((subscriber) => {
      const tell = (): void => subscriber.next(this.state);
      subscriber.add(core.changes.subscribe(tell));
      subscriber.add(core.pool.status$.subscribe({ next: tell, complete: () => subscriber.complete() }));
    });
  }

  get state(): RequestClientState {
    const { pool, inFlight } = this.core;
    return { ...pool.status, inFlight };
  }

  request(message: Request, config: RequestConfig = NO_CONFIG): Observable<Answer> {
    if (config !== NO_CONFIG) checkConfig('request', config, requestRules);
    const { core } = this;
    return new Observable<Answer>((subscriber) => {
      if (config.signal?.aborted === true) {
        subscriber.error(config.signal.reason);
        return undefined;
      }
      if (core.isFull) {
        subscriber.error(new RequestLimitError(core.pool.name, core.maxInFlight));
        return undefined;
      }
      const run = new RequestRun(core, message, config, config.timeout ?? core.timeout, subscriber);
      run.start();
      return run;
    });
  }
}

function pushes<Request, Frame>(core: RequestCore<Request, Frame, unknown>): Observable<Frame> {
  const listener = new RequestListener(core);
  core.stalled = () => listener.rest();
  let listening = 0;
  return new Observable<Frame>((subscriber) => {
    subscriber.add(core.pushes.subscribe(subscriber));
    subscriber.add(
      core.pool.status$.subscribe({
        next: ({ state }) => {
          if (state === 'closed') listener.stop();
        },
        complete: () => subscriber.complete(),
      }),
    );
    if (subscriber.closed) return undefined;
    if (listening++ === 0 && core.pool.status.state !== 'closed') listener.start();
    return () => {
      if (--listening === 0) listener.stop();
    };
  });
}
