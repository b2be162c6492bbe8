import type { Observer } from 'rxjs';
import { checkConfig } from './check-config.js';
import type { ConnectionEvent } from './connection-event.js';

/** What to do at each turn in a connection's life; every part may be left out. */
export interface ConnectionHandler<S, D> {
  onConnect?(socket: S): void;
  onReset?(error: unknown): void;
  onReconnect?(socket: S): void;
  onData?(data: D): void;
  /** The endpoint has given up. Without it, that error is unhandled. */
  onGiveUp?(error: unknown): void;
}

/**
 * An observer of an endpoint that calls one function for each kind of event.
 *
 * @example
 * ```ts
 * import { endpoint, toHandler } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * endpoint(tcp(5000)).subscribe(
 *   toHandler({
 *     onConnect: (socket) => socket.write('subscribe prices\n'),
 *     onReconnect: (socket) => socket.write('subscribe prices\n'),
 *     onReset: (error) => console.log('lost', error),
 *     onData: (data) => process.stdout.write(data),
 *   }),
 * );
 * ```
 */
export function toHandler<S, D>(handler: ConnectionHandler<S, D>): Partial<Observer<ConnectionEvent<S, D>>> {
  for (const name of ['onConnect', 'onReset', 'onReconnect', 'onData', 'onGiveUp'] as const) {
    checkConfig('toHandler', { [name]: (handler as Record<string, unknown>)[name] }, { [name]: { is: 'function' } });
  }
  return {
    next(event) {
      if (event.type === 'data') handler.onData?.(event.data);
      else if (event.type === 'connected') handler.onConnect?.(event.socket);
      else if (event.type === 'reset') handler.onReset?.(event.error);
      else if (event.type === 'reconnected') handler.onReconnect?.(event.socket);
    },
    ...(handler.onGiveUp && { error: (error: unknown) => handler.onGiveUp?.(error) }),
  };
}
