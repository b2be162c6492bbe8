import { Observable, Subject, type Subscriber, type Subscription, type Unsubscribable } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';
import { ConnectTimeoutError } from '../endpoint/connect-timeout-error.js';
import { setDeadline } from '../endpoint/deadline.js';
import { resolveOptions } from '../endpoint/per-attempt.js';
import { SocketIoConnectError } from './socket-io-connect-error.js';
import { SocketIoDisconnectedError } from './socket-io-disconnected-error.js';
import type { SocketIoEvent } from './socket-io-event.js';
import type { SocketIoLike } from './socket-io-like.js';
import { Traces } from './traces.js';

/** What all connections of one transport have in common. */
export interface SocketIoLifeConfig<S extends SocketIoLike> {
  readonly address: string;
  /** What is asked for at each attempt. */
  readonly target: Readonly<Record<string, unknown>>;
  /** Makes a socket that does not connect yet. */
  create(target: Readonly<Record<string, unknown>>): S;
  readonly connectTimeout: number;
  readonly clock: Clock;
  readonly lives: WeakMap<S, SocketIoLife<S>>;
}

/** A connection of Socket.IO from the start of connecting to its end, told to a subscriber. Unsubscribing ends it. */
export class SocketIoLife<S extends SocketIoLike> implements Unsubscribable {
  readonly arrivals: Subject<SocketIoEvent> = new Subject();
  traces: Traces | undefined;
  isGone = false;
  private socket: S | undefined;
  private timer: Timer | undefined;
  private asking: Subscription | undefined;

  constructor(
    private readonly config: SocketIoLifeConfig<S>,
    private readonly subscriber: Subscriber<S>,
  ) {}

  start(unref: boolean): void {
    const { clock, connectTimeout, address, target } = this.config;
    this.timer = setDeadline(clock, clock.now() + connectTimeout, () => {
      this.end(new ConnectTimeoutError(address, connectTimeout));
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
    this.end(new SocketIoDisconnectedError(this.config.address, 'io client disconnect'));
  }

  /** Closes it. There is nothing to wait for: the client knows no answer to that. */
  close(): Observable<never> {
    return new Observable<never>((subscriber) => {
      this.unsubscribe();
      subscriber.complete();
    });
  }

  private connect(values: Record<string, unknown>): void {
    const { config } = this;
    this.asking = undefined;
    try {
      const socket = config.create(values);
      this.socket = socket;
      config.lives.set(socket, this);
      this.traces = new Traces(socket);
      this.listen(socket);
      socket.connect();
    } catch (error) {
      this.end(error);
    }
  }

  private listen(socket: S): void {
    const { config, arrivals } = this;
    const listeners = {
      connect: () => {
        this.connected(socket);
      },
      connect_error: (error: unknown) => {
        this.end(new SocketIoConnectError(config.address, !socket.active, error));
      },
      disconnect: (reason: string, description?: unknown) => {
        this.end(new SocketIoDisconnectedError(config.address, reason, description));
      },
    };
    for (const [event, listener] of Object.entries(listeners)) socket.on(event as never, listener as never);
    socket.onAny((...event) => {
      arrivals.next(event);
    });
  }

  private connected(socket: S): void {
    this.timer?.cancel();
    // A borrower may have told a lost one to connect again.
    if (this.isGone) socket.disconnect();
    else this.subscriber.next(socket);
  }

  private end(error: unknown): void {
    if (this.isGone) return;
    this.isGone = true;
    this.timer?.cancel();
    this.asking?.unsubscribe();
    // Also after a failed attempt, of which the client keeps something.
    this.socket?.disconnect();
    this.subscriber.error(error);
    // Not before: who reads is to hear of the loss, and not only of an end.
    this.arrivals.complete();
  }
}
