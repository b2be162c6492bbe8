import type { Socket } from 'node:net';

/** Open in both directions, with nothing unread. An unread socket tells of its end by nothing else. */
export function isUsable(socket: Socket): boolean {
  return socket.readableLength === 0 && !socket.destroyed && socket.writable && !socket.readableEnded;
}
