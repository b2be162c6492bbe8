import type { Socket } from 'node:net';
import type { Subscriber, Subscription, Unsubscribable } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import { setDeadline } from '../endpoint/deadline.js';
import { ConnectTimeoutError } from '../endpoint/connect-timeout-error.js';
import { endSocket } from './end-socket.js';
import { resolveOptions } from '../endpoint/per-attempt.js';

/** What makes one kind of socket different from another. */
export interface SocketKind<S extends Socket> {
  /** Starts to connect. */
  readonly connect: (options: Record<string, unknown>) => S;
  /** The socket's event that says it is ready. */
  readonly readyEvent: 'connect' | 'secureConnect';
  readonly clock: Clock;
  /** Runs `fn` once the socket has done what it does after its events, and before anything else happens to it. */
  readonly afterTick: (fn: () => void) => void;
}

export interface SocketLifeConfig<S extends Socket> extends SocketKind<S> {
  readonly address: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  /** Sockets that have told of their close: `closed` is true before that, as soon as they are destroyed. */
  readonly gone: WeakSet<Socket>;
}

/**
 * A socket from the start of connecting to its close, told to a subscriber. Unsubscribing ends it.
 *
 * There are as many of these as there are connections, each for as long as it lives: it is one object, and lets go of what it needs no more.
 */
export class SocketLife<S extends Socket> implements Unsubscribable {
  private socket: S | undefined;
  private timer: Timer | undefined;
  private asking: Subscription | undefined;
  private isReady = false;
  private isOver = false;

  constructor(
    private readonly config: SocketLifeConfig<S>,
    private readonly subscriber: Subscriber<S>,
    /** Connecting does not keep the process alive. */
    private readonly unref: boolean,
  ) {}

  start(): void {
    const { clock, connectTimeout, options } = this.config;
    this.timer = setDeadline(clock, clock.now() + connectTimeout, () => {
      this.tooLong();
    });
    if (this.unref) this.timer.unref();
    const asking = resolveOptions(options).subscribe({
      next: (values) => {
        this.connect(values);
      },
      error: (error: unknown) => {
        this.subscriber.error(error);
      },
    });
    if (this.socket === undefined) this.asking = asking;
  }

  unsubscribe(): void {
    this.isOver = true;
    this.calm();
    this.asking?.unsubscribe();
    if (this.socket === undefined) return;
    if (this.isReady) endSocket(this.socket, this.config);
    else this.socket.destroy();
  }

  private connect(options: Record<string, unknown>): void {
    const { config, subscriber } = this;
    this.asking = undefined;
    let socket: S;
    try {
      socket = config.connect(options);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    this.socket = socket;
    if (this.unref) socket.unref();
    let reason: Error | undefined;
    // It stays until after the close, whatever becomes of the subscription: an error that nobody listens to ends the process.
    socket.on('error', (error: Error) => {
      reason = error;
    });
    socket.on('close', () => {
      config.gone.add(socket);
      subscriber.error(
        reason !== undefined && !this.isReady ? reason : new ConnectionLostError(config.address, reason),
      );
    });
    socket.once(config.readyEvent, () => {
      // Node itself still has something to clear away after its event.
      config.afterTick(() => {
        this.ready(socket);
      });
    });
  }

  private ready(socket: S): void {
    if (this.isOver || socket.destroyed) return;
    this.isReady = true;
    this.calm();
    socket.ref();
    this.subscriber.next(socket);
  }

  private tooLong(): void {
    const error = new ConnectTimeoutError(this.config.address, this.config.connectTimeout);
    if (this.socket === undefined) this.subscriber.error(error);
    else this.socket.destroy(error);
  }

  private calm(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
