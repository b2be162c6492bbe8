import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import { isUsable } from './is-usable.js';
import { rewind } from './rewind.js';
import { memoryOf, vitalListeners } from './socket-memory.js';

type Listeners = ReturnType<Socket['rawListeners']>;

const NONE: Listeners = [];

/** Brings a socket back to how it was remembered; false when that cannot be done, or it is no longer usable. */
export function restore(socket: Socket, afterTick: (fn: () => void) => void): boolean | Observable<boolean> {
  const before = memoryOf(socket);
  if (before === undefined || !isUsable(socket)) return false;
  if (socket.readableEncoding !== before.encoding || socket.writableCorked > 0) return false;
  if (socket.listenerCount('newListener') === 0) return false;
  if (before.touched.length > 0) {
    if (socket.listenerCount('unpipe') > 0) return false;
    socket.unpipe();
    for (const name of before.touched) {
      if (!restoreListeners(socket, name, before.listeners.get(name) ?? NONE)) return false;
    }
    before.touched.length = 0;
  }
  if (vitalListeners(socket) !== before.vital) return false;
  if ((socket.timeout ?? 0) !== before.timeout) socket.setTimeout(before.timeout);
  if (socket.allowHalfOpen !== before.allowHalfOpen) socket.allowHalfOpen = before.allowHalfOpen;
  if (before.isRead) {
    for (const [name, kept] of before.listeners) if (socket.listenerCount(name) < kept.length) return false;
    if (socket.isPaused() && socket.listenerCount('readable') === 0) socket.resume();
    return true;
  }
  return socket.readableFlowing === null ? true : rewind(socket, afterTick);
}

/** Removes what the borrower has added for one event. False when something is missing that was there before. */
function restoreListeners(socket: Socket, name: string | symbol, before: Listeners): boolean {
  if (before.length === 0 && socket.listenerCount(name) === 0) return true;
  const now = socket.rawListeners(name);
  if (!before.every((listener) => now.includes(listener))) return false;
  for (const listener of now) if (!before.includes(listener)) socket.removeListener(name, listener as () => void);
  return true;
}
