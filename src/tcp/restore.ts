import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import type { RestoreOptions } from '../endpoint/transport.js';
import { isUsable } from './is-usable.js';
import { rewind } from './rewind.js';
import { memoryOf, vitalListeners, type SocketMemory } from './socket-memory.js';

/** Brings a socket back to how it was remembered; false when that cannot be done, or it is no longer usable. */
export function restore(
  socket: Socket,
  afterTick: (fn: () => void) => void,
  options?: RestoreOptions,
): boolean | Observable<boolean> {
  const before = memoryOf(socket);
  if (before === undefined || !isUsable(socket, options)) return false;
  if (socket.readableEncoding !== before.encoding || socket.writableCorked > 0) return false;
  if (socket.listenerCount('newListener') === 0) return false;
  if (before.touched.length > 0) {
    if (socket.listenerCount('unpipe') > 0) return false;
    socket.unpipe();
    const left: string[] = [];
    for (const name of before.touched) {
      if (!restoreListeners(socket, name, before, left)) return false;
    }
    before.touched.length = 0;
    if (left.length > 0) options?.left?.(left);
  }
  if (vitalListeners(socket) !== before.vital) return false;
  if (before.others.length > 0 && lacks(socket, before)) return false;
  if ((socket.timeout ?? 0) !== before.timeout) socket.setTimeout(before.timeout);
  if (socket.allowHalfOpen !== before.allowHalfOpen) socket.allowHalfOpen = before.allowHalfOpen;
  if (before.isRead) {
    if (socket.isPaused() && socket.listenerCount('readable') === 0) socket.resume();
    return true;
  }
  return socket.readableFlowing === null ? true : rewind(socket, afterTick, options);
}

/** Whether a listener is gone that was there before, of those that a socket can do without. */
function lacks(socket: Socket, { others }: SocketMemory): boolean {
  for (const [name, count] of others) if (socket.listenerCount(name) < count) return true;
  return false;
}

/** Removes what the borrower has added for one event, and notes it. False when something is missing that was there before. */
function restoreListeners(socket: Socket, name: string | symbol, before: SocketMemory, left: string[]): boolean {
  // One function may listen more than once.
  const missing = before.listeners.filter((_, at) => before.listenedFor[at] === name);
  if (missing.length === 0 && socket.listenerCount(name) === 0) return true;
  const added = socket.rawListeners(name).filter((listener) => {
    const at = missing.indexOf(listener);
    if (at >= 0) missing.splice(at, 1);
    return at < 0;
  });
  if (missing.length > 0) return false;
  for (const listener of added) socket.removeListener(name, listener as () => void);
  if (added.length > 0) left.push(String(name));
  return true;
}
