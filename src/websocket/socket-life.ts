import { Observable, Subject, type Subscriber, type Subscription, type Unsubscribable } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';
import { ConnectTimeoutError } from '../endpoint/connect-timeout-error.js';
import { setDeadline } from '../endpoint/deadline.js';
import { resolveOptions } from '../endpoint/per-attempt.js';
import { isEmitter } from './emitter.js';
import { Heartbeat } from './heartbeat.js';
import type { HeartbeatConfig } from './heartbeat-config.js';
import { HeartbeatTimeoutError } from './heartbeat-timeout-error.js';
import { toMessage } from './to-message.js';
import { Traces } from './traces.js';
import type { WebSocketAttempt } from './web-socket-attempt.js';
import { WebSocketClosedError } from './web-socket-closed-error.js';
import { CONNECTING, OPEN, type CloseLike, type MessageLike, type WebSocketLike } from './web-socket-like.js';
import { WebSocketMessageError } from './web-socket-message-error.js';

/** What all connections of one transport have in common. */
export interface SocketLifeConfig<S extends WebSocketLike, D> {
  readonly address: string;
  /** What is asked for at each attempt. */
  readonly target: Readonly<Record<string, unknown>>;
  attempt(target: Readonly<Record<string, unknown>>): WebSocketAttempt;
  create(attempt: WebSocketAttempt): S;
  /** What is handed on of a message. @throws WebSocketMessageError for one that cannot be taken */
  read(event: MessageLike): D;
  readonly binaryType: string | undefined;
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnread: number;
  readonly heartbeat: HeartbeatConfig | undefined;
  isFinal(close: CloseLike): boolean;
  readonly clock: Clock;
  readonly lives: WeakMap<S, SocketLife<S, D>>;
}

/** Of the codes that a program may close with in a browser, those from 4000 on are its own. */
const REFUSED = 4000;

const UNANSWERED: CloseLike = { code: 1006, reason: 'the peer has not answered the close', wasClean: false };

/** A WebSocket from the start of connecting to its close, told to a subscriber. Unsubscribing ends it. */
export class SocketLife<S extends WebSocketLike, D> implements Unsubscribable {
  /** What came while nobody read. */
  readonly unread: D[] = [];
  readonly arrivals: Subject<D> = new Subject<D>();
  /** How the socket was before its first loan. */
  traces: Traces | undefined;
  /** What keeps the process alive, where that can be told to. */
  handle: { ref?(): void; unref?(): void } | undefined;
  isGone = false;
  private readonly gone = new Subject<never>();
  private socket: S | undefined;
  private timer: Timer | undefined;
  private closing: Timer | undefined;
  private asking: Subscription | undefined;
  private heartbeat: Heartbeat | undefined;
  /** Why we have closed it. */
  private refusal: unknown;

  constructor(
    private readonly config: SocketLifeConfig<S, D>,
    private readonly subscriber: Subscriber<S>,
  ) {}

  start(unref: boolean): void {
    const { clock, connectTimeout, address, target } = this.config;
    this.timer = setDeadline(clock, clock.now() + connectTimeout, () => {
      this.refuse(new ConnectTimeoutError(address, connectTimeout));
    });
    if (unref) this.timer.unref();
    const asking = resolveOptions(target).subscribe({
      next: (values) => {
        this.connect(values);
      },
      error: (error: unknown) => {
        this.end(error);
      },
    });
    if (this.socket === undefined) this.asking = asking;
  }

  unsubscribe(): void {
    this.timer?.cancel();
    this.asking?.unsubscribe();
    this.heartbeat?.stop();
    if (this.socket !== undefined) this.shut(this.socket, false);
  }

  /** Completes when the socket has closed, or is given up after `closeTimeout`. */
  close(socket: S, force: boolean): Observable<never> {
    return new Observable<never>((subscriber) => {
      if (this.isGone) {
        subscriber.complete();
        return;
      }
      subscriber.add(this.gone.subscribe(subscriber));
      this.handle?.ref?.();
      this.shut(socket, force);
    });
  }

  private connect(values: Record<string, unknown>): void {
    const { config } = this;
    this.asking = undefined;
    let socket: S;
    try {
      socket = config.create(config.attempt(values));
    } catch (error) {
      this.end(error);
      return;
    }
    this.socket = socket;
    config.lives.set(socket, this);
    let cause: unknown;
    // It stays, whatever becomes of the subscription: with `ws` an error that nobody listens to ends the process.
    socket.addEventListener('error', (event) => {
      cause = causeOf(event);
    });
    socket.addEventListener('close', (close) => {
      this.end(this.refusal ?? this.closedError(close, cause));
    });
    socket.addEventListener('open', () => {
      this.opened(socket);
    });
    socket.addEventListener('message', (event) => {
      this.take(event);
    });
    if (config.binaryType !== undefined) socket.binaryType = config.binaryType;
    if (!isEmitter(socket)) return;
    socket.on('pong', () => this.heartbeat?.heard());
    socket.on('upgrade', ({ socket: handle }: { socket: SocketLife<S, D>['handle'] }) => {
      this.handle = handle;
    });
  }

  private opened(socket: S): void {
    if (this.subscriber.closed || this.refusal !== undefined) return;
    this.timer?.cancel();
    try {
      this.heartbeat = this.newHeartbeat(socket);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.heartbeat?.start();
    this.subscriber.next(socket);
  }

  private newHeartbeat(socket: S): Heartbeat | undefined {
    const { heartbeat, clock, address } = this.config;
    if (heartbeat === undefined) return undefined;
    const { interval = 30_000, timeout = 10_000, message } = heartbeat;
    if (message === undefined && socket.ping === undefined) {
      throw new TypeError('webSocket: heartbeat: this WebSocket cannot ping, so there must be a message');
    }
    return new Heartbeat(clock, interval, timeout, {
      beat: () => {
        if (socket.readyState !== OPEN) return;
        try {
          if (message === undefined) socket.ping?.();
          else socket.send(typeof message === 'function' ? message() : message);
        } catch (error) {
          this.refuse(error);
        }
      },
      missed: () => {
        this.refuse(new HeartbeatTimeoutError(address, timeout), true);
      },
    });
  }

  private take(event: MessageLike): void {
    // On one that is being closed nobody reads any more.
    if (this.closing !== undefined) return;
    this.heartbeat?.heard();
    const { arrivals, unread, config } = this;
    try {
      if (this.isAnswer(event)) return;
      const data = config.read(event);
      if (arrivals.observed) arrivals.next(data);
      else if (unread.push(data) > config.maxUnread) throw new WebSocketMessageError(config.address, 'unread');
    } catch (error) {
      this.refuse(error);
    }
  }

  private isAnswer({ data }: MessageLike): boolean {
    const isAnswer = this.config.heartbeat?.isAnswer;
    const message = isAnswer && toMessage(data);
    return message !== undefined && isAnswer?.(message) === true;
  }

  private closedError({ code, reason, wasClean }: CloseLike, cause: unknown): WebSocketClosedError {
    const { address } = this.config;
    const close: CloseLike = { code, reason, wasClean };
    let isFinal = false;
    try {
      isFinal = this.config.isFinal(close);
    } catch {
      // Who cannot tell has not said yes.
    }
    return new WebSocketClosedError(address, close, { retryable: !isFinal, cause });
  }

  /** The connection is no good any more, by our own judgement. */
  private refuse(error: unknown, force = false): void {
    if (this.socket === undefined) {
      this.end(error);
      return;
    }
    this.refusal ??= error;
    this.shut(this.socket, force, REFUSED);
  }

  private shut(socket: S, force: boolean, code = 1000): void {
    if (this.isGone) return;
    this.heartbeat?.stop();
    if (force && socket.terminate !== undefined) socket.terminate();
    else if (socket.readyState === CONNECTING) socket.close();
    else if (socket.readyState === OPEN) socket.close(code);
    const { clock, closeTimeout } = this.config;
    this.closing ??= clock.set(clock.now() + closeTimeout, () => {
      if (socket.terminate !== undefined) socket.terminate();
      // The platform's cannot be forced. It closes on its own, and nobody is to wait for that.
      else this.end(this.refusal ?? this.closedError(UNANSWERED, undefined));
    });
  }

  private end(error: unknown): void {
    if (this.isGone) return;
    this.isGone = true;
    this.timer?.cancel();
    this.closing?.cancel();
    this.heartbeat?.stop();
    this.subscriber.error(error);
    // Not before: who reads is to hear of the loss, and not only of an end.
    this.arrivals.complete();
    this.gone.complete();
  }
}

/** What the event of an error knows. A browser's knows nothing. */
function causeOf(event: object): unknown {
  return 'error' in event && event.error !== null ? event.error : undefined;
}
