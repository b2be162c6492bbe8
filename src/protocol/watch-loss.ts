import type { FlowSocket } from './flow-socket.js';

/**
 * Tells of a close, with the address of the peer and the socket's own error, if it had one. Returns how to stop.
 *
 * @internal
 */
export function watchLoss(socket: FlowSocket, lost: (address: string, cause: unknown) => void): () => void {
  const address = addressOf(socket);
  let cause: unknown;
  const failed = (error: unknown): void => {
    cause = error;
  };
  const closed = (): void => lost(address, cause);
  // The error is told at the close. Without a listener it would end the process.
  socket.on('error', failed);
  socket.on('close', closed);
  return () => {
    socket.off('error', failed);
    socket.off('close', closed);
  };
}

/**
 * Names the peer of a socket, as far as the socket knows it.
 *
 * @internal
 */
export function addressOf({ remoteAddress, remotePort }: FlowSocket): string {
  if (remoteAddress === undefined) return 'the peer';
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return remotePort === undefined ? host : `${host}:${String(remotePort)}`;
}
