import type { Socket } from 'node:net';
import type { Clock } from '../endpoint/clock.js';

/** How long a graceful close may take. */
export interface Patience {
  readonly clock: Clock;
  readonly closeTimeout: number;
}

/** Sends what is written, then the end, and reads on until the peer has ended too; destroys what takes longer. */
export function endSocket(socket: Socket, { clock, closeTimeout }: Patience): void {
  if (socket.destroyed) return;
  socket.end();
  socket.resume();
  const timer = clock.set(clock.now() + closeTimeout, () => socket.destroy());
  socket.once('close', () => {
    timer.cancel();
  });
}
