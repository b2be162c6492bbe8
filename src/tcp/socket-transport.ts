import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { CloseOptions, OpenOptions, Transport } from '../endpoint/transport.js';
import { addressOf } from './address-of.js';
import { endSocket, type Patience } from './end-socket.js';
import { isUsable } from './is-usable.js';
import { parseTarget } from './parse-target.js';
import { Resting } from './resting.js';
import { restore } from './restore.js';
import { rewind } from './rewind.js';
import { SocketLife, type SocketKind, type SocketLifeConfig } from './socket-life.js';
import { remember, untouched } from './socket-memory.js';
import { socketRules, type SocketOptions } from './socket-options.js';

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
  const config: SocketLifeConfig<S> = {
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

function open<S extends Socket>(config: SocketLifeConfig<S>, { unref = false }: OpenOptions = {}): Observable<S> {
  return new Observable<S>((subscriber) => {
    const life = new SocketLife(config, subscriber, unref);
    subscriber.add(life);
    life.start();
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
    else endSocket(socket, patience);
    return () => socket.off('close', closed);
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
      socket.on('end', onEnd);
      // After a reset there is no end. Whoever told of the loss has listened for longer, and is called first.
      socket.on('close', onEnd);
    });
    if (socket.isPaused()) socket.resume();
    return () => {
      untouched(socket, () => {
        socket.off('data', onData);
        socket.off('end', onEnd);
        socket.off('close', onEnd);
      });
      // Without a listener a flowing socket drops what arrives.
      if (!socket.destroyed && !socket.readableEnded && socket.listenerCount('data') === 0) rewind(socket, afterTick);
    };
  });
}
