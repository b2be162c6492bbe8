import type { Observable, ObservableInput } from 'rxjs';
import type { BorrowConfig } from './borrow-config.js';
import type { CloseConfig, CloseReport } from './closing.js';
import type { PoolEvent } from './events.js';
import type { EndpointView } from './endpoint-view.js';
import type { Lease } from './lease.js';
import type { PoolStatus } from './pool-status.js';
import type { ReadyConfig } from './readiness.js';
import type { ResizeConfig } from './resize-config.js';
import type { SlotView } from './slot-view.js';
import type { PoolStats } from './stats.js';
import type { UseConfig } from './use.js';

/** What is done with a socket by somebody who goes by promises. */
export type Task<S, D, T> = (socket: S, lease: Lease<S, D>) => T | PromiseLike<T>;

/** Lends the sockets of one or more endpoints to one borrower at a time. Made by {@link createPool}. */
export interface Pool<S = unknown, D = unknown> extends AsyncDisposable {
  readonly name: string;
  /**
   * Available sockets, for each subscriber its own: subscribing queues one borrow, and when that lease has ended, a subscriber still there
   * is served again. So `take(1)` borrows once, and without it the subscriber is a worker with one socket at a time. Unsubscribing leaves
   * the queue; a lease already granted stays the borrower's. A worker completes when the pool closes.
   */
  readonly available$: Observable<Lease<S, D>>;
  /** One lease for each subscription, then complete. */
  borrow(config?: BorrowConfig): Observable<Lease<S, D>>;
  /**
   * Borrows for each subscription, runs `project` and releases the socket when that completes. On an error, an unsubscribe or the loss of
   * the connection (`ConnectionLostError`) the socket is destroyed, since an answer may still be on its way; `reuse` may say otherwise.
   *
   * An unsubscribe out of the delivery of a value, as by `first()` or `firstValueFrom`, waits for the current run and one microtask: a
   * project that has completed by then releases.
   *
   * @example
   * ```ts
   * import { retry, timeout } from 'rxjs';
   * import { exponentialBackoff } from 'rxpool';
   *
   * pool
   *   .use((socket, lease) => {
   *     socket.write('version\r\n');
   *     return lease.data$.pipe(timeout(500));
   *   })
   *   .pipe(retry({ count: 3, delay: exponentialBackoff() }))
   *   .subscribe({ next: console.log, error: report });
   * ```
   */
  use<T>(project: (socket: S, lease: Lease<S, D>) => ObservableInput<T>, config?: UseConfig): Observable<T>;
  /**
   * Borrows, runs `task` and releases the socket when that is done: `use` as a promise. Where the task fails or the connection is lost
   * (`ConnectionLostError`) the socket is destroyed; `reuse` may say otherwise. `signal` ends the wait and the work: the promise rejects
   * with its reason at once, and the socket is destroyed.
   *
   * @example
   * ```ts
   * import { once } from 'node:events';
   *
   * const version = await pool.run(
   *   async (socket) => {
   *     socket.write('version\r\n');
   *     const [answer] = await once(socket, 'data');
   *     return String(answer);
   *   },
   *   { signal: AbortSignal.timeout(500) },
   * );
   * ```
   */
  run<T>(task: Task<S, D, T>, config?: UseConfig): Promise<T>;
  /** One lease, from the same queue as every other borrower. */
  acquire(config?: BorrowConfig): Promise<Lease<S, D>>;
  /** A lease if a connection is idle and nobody waits; never dials. */
  tryBorrow(): Lease<S, D> | undefined;
  /**
   * One socket for each subscription, then complete: to be used beside others, as protocols that pipeline allow, and not to be given back.
   * It is the one with the fewest bytes waiting to be written. Only with `concurrency: Infinity`. An allocated socket keeps the process
   * alive until it closes, which it does when it has not been allocated for `idleTimeout`.
   */
  allocate(config?: BorrowConfig): Observable<S>;
  /**
   * Resolves when `n` connections (default `min`) are open, opening them if need be. Rejects when the pool closes or has given up, with
   * `AcquireTimeoutError` after `timeout` ms, and with the reason of `signal`. Keeps the process alive while it waits.
   */
  ready(n?: number, config?: ReadyConfig): Promise<void>;
  /** Emits at once, never errors, never dials; completes when everything has closed. */
  readonly status$: Observable<PoolStatus>;
  readonly status: PoolStatus;
  /** A snapshot at once, then one a second; never errors; completes with a last one when everything has closed. */
  readonly stats$: Observable<PoolStats>;
  readonly stats: PoolStats;
  /** What happens, in order; nothing is made while nobody listens. Completes when everything has closed. */
  readonly events$: Observable<PoolEvent>;
  readonly slots: readonly SlotView<S, D>[];
  readonly endpoints: readonly EndpointView<S, D>[];
  /** Goes by other limits from now on. What is idle beyond them is closed now, what is lent when it comes back. */
  resize(config: ResizeConfig): void;
  /** Closes idle connections, longest idle first, until `keep` (default 0) are open, but never what `min` keeps. Returns how many. */
  free(keep?: number): number;
  /** Replaces every connection, as after a failover: what is idle is closed now, what is lent when it comes back. */
  retire(): void;
  /**
   * Takes no more borrowers, fails those that wait with `PoolClosedError`, closes what is idle and, in the way chosen, what is lent.
   * Resolves when every owned socket has closed. A second call can only shorten or harden; both get the same report.
   */
  close(config?: CloseConfig): Promise<CloseReport>;
}
