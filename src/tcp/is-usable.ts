import type { Socket } from 'node:net';
import type { UsableOptions } from '../endpoint/transport.js';

/** Open in both directions, with nothing unread unless that is allowed. An unread socket tells of its end by nothing else. */
export function isUsable(socket: Socket, options?: UsableOptions): boolean {
  if (socket.readableLength > 0 && options?.allowUnread !== true) return false;
  return !socket.destroyed && socket.writable && !socket.readableEnded;
}
