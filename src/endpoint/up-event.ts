import type { ConnectionEvent } from './connection-event.js';

/** The event of a connection that is up: the first one, or one after a reset. */
export function upEvent<S>(socket: S, latency: number, at: number, resetAt: number | undefined): ConnectionEvent<S> {
  if (resetAt === undefined) return { type: 'connected', socket, latency, at };
  return { type: 'reconnected', socket, latency, downtime: at - resetAt, at };
}
