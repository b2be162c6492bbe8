import type { Socket } from 'node:net';
import { Observable, switchMap } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { CloseOptions, OpenOptions, Transport } from '../endpoint/transport.js';
import type { Clock } from '../endpoint/clock.js';
import { setDeadline } from '../endpoint/deadline.js';
import { addressOf } from './address-of.js';
import { ConnectTimeoutError } from './connect-timeout-error.js';
import { isUsable } from './is-usable.js';
import { parseTarget } from './parse-target.js';
import { resolveOptions } from './per-attempt.js';
import { Resting } from './resting.js';
import { restore } from './restore.js';
import { rewind } from './rewind.js';
import { remember, untouched } from './socket-memory.js';
import { socketRules, type SocketOptions } from './socket-options.js';

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

interface SocketTransportConfig<S extends Socket> extends SocketKind<S>, Required<SocketOptions> {
  readonly options: Readonly<Record<string, unknown>>;
  /** Sockets that have told of their close: `closed` is true before that, as soon as they are destroyed. */
  readonly gone: WeakSet<Socket>;
}

/**
 * The transport over a socket of Node, whatever kind it is.
 *
 * @param subject names the function in errors about the target and its options
 */
export function socketTransport<S extends Socket>(
  subject: string,
  target: unknown,
  kind: SocketKind<S>,
): Transport<S, Buffer> {
  const {
    connectTimeout = 10_000,
    closeTimeout = 1_000,
    address,
    ...options
  }: SocketOptions = parseTarget(subject, target);
  checkConfig(subject, { connectTimeout, closeTimeout, address }, socketRules);
  const config: SocketTransportConfig<S> = {
    ...kind,
    address: address ?? addressOf(options),
    options: { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, ...options },
    connectTimeout,
    closeTimeout,
    gone: new WeakSet(),
  };
  const resting = new Resting(config.clock);
  return {
    address: config.address,
    open: (options) => open(config, options),
    close: (socket, options) => {
      resting.ref(socket);
      return close(socket, options, config);
    },
    data: (socket) => read(socket, config.afterTick),
    usable: isUsable,
    remember: (socket) => {
      remember(socket);
      // Whoever prepared it may have read from it, and a flowing socket without a reader drops what arrives.
      restore(socket, config.afterTick);
    },
    restore: (socket, options) => restore(socket, config.afterTick, options),
    ref: (socket) => resting.ref(socket),
    unref: (socket) => resting.unref(socket),
    pending: (socket) => socket.writableLength,
  };
}

function open<S extends Socket>(config: SocketTransportConfig<S>, { unref = false }: OpenOptions = {}): Observable<S> {
  const { address, connectTimeout, clock } = config;
  return new Observable<S>((subscriber) => {
    let current: S | undefined;
    const tooLong = (): void => {
      const error = new ConnectTimeoutError(address, connectTimeout);
      if (current === undefined) subscriber.error(error);
      else current.destroy(error);
    };
    const timer = setDeadline(clock, clock.now() + connectTimeout, tooLong);
    if (unref) timer.unref();
    subscriber.add(() => {
      timer.cancel();
    });
    const attempt = resolveOptions(config.options).pipe(
      switchMap((options) => {
        current = config.connect(options);
        if (unref) current.unref();
        return life(current, config, () => {
          timer.cancel();
          current?.ref();
        });
      }),
    );
    subscriber.add(attempt.subscribe(subscriber));
  });
}

/** A socket from the start of connecting to its close. */
function life<S extends Socket>(socket: S, config: SocketTransportConfig<S>, onReady: () => void): Observable<S> {
  const { address, readyEvent, afterTick, gone } = config;
  return new Observable<S>((subscriber) => {
    let isReady = false;
    let reason: Error | undefined;
    // It stays until after the close, whatever becomes of the subscription: an error that nobody listens to ends the process.
    socket.on('error', (error: Error) => {
      reason = error;
    });
    socket.once(readyEvent, () => {
      // Node itself still has something to clear away after its event.
      afterTick(() => {
        if (subscriber.closed || socket.destroyed) return;
        isReady = true;
        onReady();
        subscriber.next(socket);
      });
    });
    socket.once('close', () => {
      gone.add(socket);
      subscriber.error(reason !== undefined && !isReady ? reason : new ConnectionLostError(address, reason));
    });
    return () => {
      if (isReady) end(socket, config);
      else socket.destroy();
    };
  });
}

function close(
  socket: Socket,
  { force = false }: CloseOptions = {},
  patience: Patience & { readonly gone: WeakSet<Socket> },
): Observable<never> {
  return new Observable<never>((subscriber) => {
    if (patience.gone.has(socket)) {
      subscriber.complete();
      return undefined;
    }
    const closed = (): void => subscriber.complete();
    socket.once('close', closed);
    // A borrower may have taken ours away.
    if (socket.listenerCount('error') === 0) socket.on('error', () => undefined);
    // Whoever waits for the close must not see the process exit before it.
    socket.ref();
    if (force) socket.destroy();
    else end(socket, patience);
    return () => socket.off('close', closed);
  });
}

/** How long a graceful close may take. */
interface Patience {
  readonly clock: Clock;
  readonly closeTimeout: number;
}

/** Sends what is written, then the end, and reads on until the peer has ended too; destroys what takes longer. */
function end(socket: Socket, { clock, closeTimeout }: Patience): void {
  if (socket.destroyed) return;
  socket.end();
  socket.resume();
  const timer = clock.set(clock.now() + closeTimeout, () => socket.destroy());
  socket.once('close', () => {
    timer.cancel();
  });
}

function read(socket: Socket, afterTick: (fn: () => void) => void): Observable<Buffer> {
  return new Observable<Buffer>((subscriber) => {
    if (socket.destroyed || socket.readableEnded) {
      subscriber.complete();
      return undefined;
    }
    const onData = (data: Buffer): void => subscriber.next(data);
    const onEnd = (): void => subscriber.complete();
    untouched(socket, () => {
      socket.on('data', onData);
      socket.once('end', onEnd);
    });
    if (socket.isPaused()) socket.resume();
    return () => {
      untouched(socket, () => {
        socket.off('data', onData);
        socket.off('end', onEnd);
      });
      // Without a listener a flowing socket drops what arrives.
      if (!socket.destroyed && !socket.readableEnded && socket.listenerCount('data') === 0) rewind(socket, afterTick);
    };
  });
}
