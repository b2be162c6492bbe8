import { defer, EMPTY, ignoreElements, NEVER, type Observable, type ObservableInput } from 'rxjs';
import { checkConfig, type Rule } from './check-config.js';

/** An answer now, or later as a promise or Observable. */
export type Answer = boolean | ObservableInput<boolean>;

/** How to open one socket to one address, and how to close it. */
export interface Transport<S, D = unknown> {
  /** Names the address in events, errors and pictures, for example `cache.internal:11211`. Must hold no secrets. */
  readonly address: string;
  /** Its share beside other addresses of a pool, from 0 to 1,000,000, for pickers that go by weights; 0 is hardly ever. @default 1 */
  readonly weight?: number | undefined;
  /** Its group among the addresses of a pool, for pickers that use one group after the other: an integer from 0 on, the lowest first. @default 0 */
  readonly priority?: number | undefined;
  /**
   * Opens one socket for each subscription. `next` = it is open. `error` = the attempt failed, or the socket has closed, always after its
   * `close`; a clean close by the peer is an error too. Unsubscribing aborts the attempt or closes the socket.
   */
  open(options?: OpenOptions): Observable<S>;
  /** Closes a socket and completes when it has closed: gracefully, or at once with `force`. */
  close(socket: S, options?: CloseOptions): Observable<never>;
  /** What arrives on a socket, while subscribed. Completes at the peer's end of stream, or when the socket has closed and `open` has said so. */
  data(socket: S): Observable<D>;
  /** A cheap look before a grant: open, writable, nothing unread unless that is allowed. @default always usable */
  usable?(socket: S, options?: UsableOptions): boolean;
  /** A check that may take its time (a ping), before a grant after a longer rest. @default none */
  validate?(socket: S): Answer;
  /** Called once, when `prepare` is done: as the socket is now, `restore` has to bring it back. */
  remember?(socket: S): void;
  /** Makes a returned socket what it was before the loan; false = it cannot be lent again. @default nothing to do */
  restore?(socket: S, options?: RestoreOptions): Answer;
  /** An open socket keeps the process alive (`ref`, while lent) or not (`unref`, while idle). */
  ref?(socket: S): void;
  unref?(socket: S): void;
  /** Bytes accepted but not yet written. */
  pending?(socket: S): number;
}

/** What an address is worth beside others. */
export const worthRules: Readonly<Record<'weight' | 'priority', Rule>> = {
  weight: { number: [0, 1_000_000] },
  priority: { integer: [0, Number.MAX_SAFE_INTEGER] },
};

export interface UsableOptions {
  /** What has arrived and nobody has read is for the next borrower. @default false: it makes the socket unusable */
  readonly allowUnread?: boolean | undefined;
}

export interface RestoreOptions extends UsableOptions {
  /** To be told the events for which the borrower left listeners, once those are removed. Called before `restore` returns. */
  readonly left?: ((listeners: readonly string[]) => void) | undefined;
}

export interface OpenOptions {
  /** Connecting alone does not keep the process alive; the open socket does, until `unref`. @default false */
  readonly unref?: boolean | undefined;
}

export interface CloseOptions {
  /** Close at once, dropping what is not yet written. @default false */
  readonly force?: boolean | undefined;
}

/** The parts of a {@link Transport} that {@link transport} does not know by itself. */
export interface TransportConfig<S, D> extends Partial<Omit<Transport<S, D>, 'open' | 'close'>> {
  /**
   * Closes a socket: gracefully, or at once with `force`. It has closed when the Observable or promise ends, whatever that says before; an
   * error counts as closed, too. @default unsubscribing from `open()` closes it, and counts as done at once
   */
  close?(socket: S, options?: CloseOptions): ObservableInput<unknown>;
}

/**
 * A transport for anything that opens and closes.
 *
 * Without `close`, closing is unsubscribing from `open()`, and counts as done at once. Without `data`, nothing is read.
 *
 * @example
 * ```ts
 * import { Observable } from 'rxjs';
 * import { createPool, transport } from 'rxpool';
 *
 * const feed = transport(
 *   () =>
 *     new Observable<EventSource>((subscriber) => {
 *       const source = new EventSource('/feed');
 *       source.onopen = () => subscriber.next(source);
 *       source.onerror = () => subscriber.error(new Error('the feed has closed'));
 *       return () => source.close();
 *     }),
 *   { address: '/feed', usable: (source) => source.readyState === 1 },
 * );
 * const pool = createPool(feed, { max: 1 });
 * ```
 */
export function transport<S, D = never>(
  open: (options?: OpenOptions) => Observable<S>,
  config: TransportConfig<S, D> = {},
): Transport<S, D> {
  if (typeof open !== 'function') throw new TypeError('transport: open must be a function that returns an Observable');
  checkConfig('transport', config, {
    address: { is: 'string' },
    ...worthRules,
    close: { is: 'function' },
    data: { is: 'function' },
    usable: { is: 'function' },
    validate: { is: 'function' },
    remember: { is: 'function' },
    restore: { is: 'function' },
    ref: { is: 'function' },
    unref: { is: 'function' },
    pending: { is: 'function' },
  });
  return {
    ...config,
    address: config.address ?? 'custom',
    open,
    close: (socket, options) =>
      defer(() => (config.close === undefined ? EMPTY : config.close(socket, options))).pipe(ignoreElements()),
    data: (socket) => (config.data === undefined ? NEVER : config.data(socket)),
  };
}
