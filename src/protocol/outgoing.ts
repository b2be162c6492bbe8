import { addressOf, watchLoss } from './watch-loss.js';
import type { WritableSocket } from './writable-socket.js';

/** One of those who write to a socket. */
export interface Writer {
  /** There is room for one frame. Returns whether more frames wait. */
  writeNext(): boolean;
  /** Nothing more can be written. */
  lost(address: string, cause?: unknown): void;
}

/** Shared by all copies of the package in one process. */
const key: unique symbol = Symbol.for('rxpool.outgoing@1') as never;

/**
 * Those who write to one socket. While it has room they write at once, then in turn, a whole frame each. It listens to
 * the socket once, however many they are, and not at all while there is nobody.
 *
 * @internal
 */
export class Outgoing {
  private readonly writers = new Set<Writer>();
  /** Those with frames that wait. */
  private readonly line = new Set<Writer>();
  private unlisten: (() => void) | undefined;

  private constructor(private readonly socket: WritableSocket) {}

  /** The one of a socket. */
  static of(socket: WritableSocket & { [key]?: Outgoing }): Outgoing {
    const known = socket[key];
    if (known !== undefined) return known;
    const value = new Outgoing(socket);
    Object.defineProperty(socket, key, { value });
    return value;
  }

  join(writer: Writer): void {
    const { socket } = this;
    if (socket.destroyed) {
      writer.lost(addressOf(socket));
      return;
    }
    this.writers.add(writer);
    // Anew each time: somebody who ended a loan without unsubscribing had the old ones removed.
    this.unlisten?.();
    const forgetLoss = watchLoss(socket, (address, cause) => this.lose([...this.writers], address, cause));
    socket.on('drain', this.flush);
    this.unlisten = () => {
      forgetLoss();
      socket.off('drain', this.flush);
    };
  }

  leave(writer: Writer): void {
    this.line.delete(writer);
    this.writers.delete(writer);
    if (this.writers.size > 0) return;
    this.unlisten?.();
    this.unlisten = undefined;
  }

  /** The writer has a frame. */
  queue(writer: Writer): void {
    this.line.add(writer);
    this.flush();
  }

  private readonly flush = (): void => {
    const { socket, line } = this;
    while (!socket.writableNeedDrain) {
      const [first] = line;
      if (first === undefined) return;
      if (!socket.writable) {
        // One that is destroyed is lost when it has closed. One that has ended stays open, but only for reading.
        if (!socket.destroyed) this.lose([...line], addressOf(socket), new Error('it had been ended'));
        return;
      }
      line.delete(first);
      if (first.writeNext()) line.add(first);
    }
  };

  private lose(writers: readonly Writer[], address: string, cause: unknown): void {
    for (const writer of writers) this.leave(writer);
    for (const writer of writers) writer.lost(address, cause);
  }
}
