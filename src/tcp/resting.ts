import type { Socket } from 'node:net';
import type { Clock } from '../endpoint/clock.js';
import { memoryOf } from './socket-memory.js';

/**
 * Lets idle sockets no longer keep the process alive, at the end of the macrotask: one that is lent again before costs nothing, while
 * `unref` and `ref` cost more than the loan itself.
 */
export class Resting {
  private sockets: Socket[] = [];

  constructor(private readonly clock: Clock) {}

  unref(socket: Socket): void {
    const memory = memoryOf(socket);
    if (memory === undefined) {
      socket.unref();
      return;
    }
    memory.isResting = true;
    if (memory.isListed) return;
    memory.isListed = true;
    if (this.sockets.push(socket) === 1) this.clock.defer(this.flush);
  }

  ref(socket: Socket): void {
    const memory = memoryOf(socket);
    if (memory !== undefined) memory.isResting = false;
    if (memory?.isListed !== true) socket.ref();
  }

  private readonly flush = (): void => {
    const { sockets } = this;
    this.sockets = [];
    for (const socket of sockets) {
      const memory = memoryOf(socket);
      if (memory === undefined) continue;
      memory.isListed = false;
      if (memory.isResting) socket.unref();
      else socket.ref();
    }
  };
}
