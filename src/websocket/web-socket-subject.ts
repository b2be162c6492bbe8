import { Observable, type Observer, type SubscriptionLike } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { EndpointStatus } from '../endpoint/endpoint-status.js';
import { checkConnection } from './check-connection.js';
import { SubjectWire } from './subject-wire.js';
import { subjectRules, type WebSocketSubjectConfig, type WebSocketSubjectEvent } from './web-socket-subject-config.js';
import type { WebSocketLike } from './web-socket-like.js';

/**
 * A connection that is an Observable of what comes and an observer of what to send, of the shape of the `WebSocketSubject` of
 * `rxjs/webSocket`; other than that one it reconnects. Made by {@link webSocketSubject}.
 */
export class WebSocketSubject<T> extends Observable<T> implements Observer<T>, SubscriptionLike {
  /** What happens to the connection, and what did not get through. Never errors, never dials. */
  readonly events$: Observable<WebSocketSubjectEvent>;
  /** How the address is. Emits at once, never errors, never dials. */
  readonly status$: Observable<EndpointStatus>;
  private readonly wire: SubjectWire<T>;
  private isEnded = false;

  constructor(config: WebSocketSubjectConfig<T>) {
    const wire = new SubjectWire<T>(config);
    super((subscriber) => {
      wire.join(subscriber);
    });
    this.wire = wire;
    this.events$ = wire.events.asObservable();
    this.status$ = wire.endpoint.status$;
  }

  /** `unsubscribe()` has ended it for good. */
  get closed(): boolean {
    return this.isEnded;
  }

  get status(): EndpointStatus {
    return this.wire.endpoint.status;
  }

  /** Messages that wait to be sent. */
  get queued(): number {
    return this.wire.outbox.size;
  }

  /** Messages that were dropped since this was made. */
  get dropped(): number {
    return this.wire.dropped;
  }

  get observed(): boolean {
    return this.wire.observed;
  }

  /**
   * Sends a value, or has it wait until there is a connection with room for it.
   *
   * @throws what the `serializer` throws; TypeError where that makes neither text nor bytes; SendOverflowError where as many wait as may
   * and `overflow` is `'error'`; TypeError after `unsubscribe()`
   */
  next(value: T): void {
    this.checkOpen();
    this.wire.send(value);
  }

  /**
   * Closes the connection with a code, 1000 or from 3000 to 4999, once what waits is sent; the subscribers complete. Any other error goes
   * to the subscribers as a TypeError.
   */
  error(close: unknown): void {
    this.checkOpen();
    const { code, reason = '' } = (close ?? {}) as { readonly code?: unknown; readonly reason?: unknown };
    if (isCode(code) && typeof reason === 'string') this.wire.finish({ code, reason });
    else this.wire.fail(new TypeError('error() takes { code, reason }: 1000 or from 3000 to 4999, and a text'));
  }

  /** Closes the connection once what waits is sent; the subscribers complete. A later subscriber opens another. */
  complete(): void {
    this.checkOpen();
    this.wire.finish({ code: 1000, reason: '' });
  }

  /** Closes the connection for good, without a word to the subscribers. What waits is dropped, and counted. */
  unsubscribe(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.wire.drain();
  }

  /** Ends a delay before the next attempt. */
  retryNow(): void {
    this.wire.endpoint.retryNow();
  }

  asObservable(): Observable<T> {
    return new Observable((subscriber) => this.subscribe(subscriber));
  }

  /**
   * One of several conversations on the connection. Subscribing sends what `subMsg` returns, on each further connection again;
   * unsubscribing sends what `unsubMsg` returns, where the server knows of the subscription. Emits what `messageFilter` takes.
   */
  multiplex(subMsg: () => unknown, unsubMsg: () => unknown, messageFilter: (value: T) => boolean): Observable<T> {
    return this.wire.multiplex(subMsg, unsubMsg, messageFilter);
  }

  private checkOpen(): void {
    if (this.isEnded) throw new TypeError('webSocketSubject: it was ended for good, by unsubscribe()');
  }
}

function isCode(code: unknown): code is number {
  return typeof code === 'number' && (code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999));
}

/**
 * The `webSocket()` of `rxjs/webSocket`, over an endpoint: it reconnects, shows its state, and loses no message in silence.
 *
 * The first subscriber connects, all share the connection, the last one closes it. Until it is up, and while it is down, what `next` is
 * given waits. Losses are events of `events$` and no errors; the stream errors when the endpoint gives up, at a message that cannot be
 * decoded, and where `error()` is misused. It completes after `complete()`, `error({ code })`, and a clean close that `isFinal` has named.
 *
 * @example
 * ```ts
 * import { webSocketSubject } from 'rxpool/websocket';
 *
 * const prices = webSocketSubject<{ symbol: string; price?: number }>('wss://prices.example/feed');
 * prices
 *   .multiplex(
 *     () => ({ symbol: 'EURUSD' }),
 *     () => ({ symbol: '-EURUSD' }),
 *     ({ symbol }) => symbol === 'EURUSD',
 *   )
 *   .subscribe({ next: ({ price }) => console.log(price), error: report });
 * prices.status$.subscribe(({ state }) => console.log(state));
 * ```
 *
 * @param urlOrConfig a URL, or options
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function webSocketSubject<T>(urlOrConfig: string | WebSocketSubjectConfig<T>): WebSocketSubject<T> {
  const config = typeof urlOrConfig === 'string' ? { url: urlOrConfig } : urlOrConfig;
  checkConfig('webSocketSubject', config, subjectRules);
  const { url, headers, heartbeat, create, WebSocketCtor } = config;
  // Whether a class can ping is seen on its first socket.
  const makes = create ?? (WebSocketCtor && ((): WebSocketLike => new WebSocketCtor('')));
  checkConnection('webSocketSubject', { url, headers, heartbeat, create: makes });
  return new WebSocketSubject<T>(config);
}
