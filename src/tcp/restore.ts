import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import { isUsable } from './is-usable.js';
import { rewind } from './rewind.js';
import { memoryOf, vitalListeners } from './socket-memory.js';

/** Brings a socket back to how it was remembered; false when that cannot be done, or it is no longer usable. */
export function restore(socket: Socket): boolean | Observable<boolean> {
  const before = memoryOf(socket);
  if (before === undefined || !isUsable(socket)) return false;
  if (socket.readableEncoding !== null || socket.writableCorked > 0) return false;
  if (before.isTouched || vitalListeners(socket) !== before.vital) {
    if (!restoreListeners(socket, before.listeners)) return false;
    before.isTouched = false;
  }
  if ((socket.timeout ?? 0) !== before.timeout) socket.setTimeout(before.timeout);
  if (socket.allowHalfOpen !== before.allowHalfOpen) socket.allowHalfOpen = before.allowHalfOpen;
  return socket.readableFlowing === null ? true : rewind(socket);
}

type Listeners = ReturnType<Socket['rawListeners']>;

/** Removes what the borrower has added. False when something is missing that was there before. */
function restoreListeners(socket: Socket, before: ReadonlyMap<string | symbol, Listeners>): boolean {
  for (const [name, listeners] of before) {
    if (socket.listenerCount(name) < listeners.length) return false;
    const now = socket.rawListeners(name);
    if (!listeners.every((listener) => now.includes(listener))) return false;
  }
  for (const name of socket.eventNames()) {
    const kept = before.get(name) ?? [];
    if (socket.listenerCount(name) === kept.length) continue;
    for (const listener of socket.rawListeners(name)) {
      if (!kept.includes(listener)) socket.removeListener(name, listener as () => void);
    }
  }
  return true;
}
