import { Subject, Subscription, type Observer, type OperatorFunction } from 'rxjs';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { ReadableSocket } from './readable-socket.js';
import { addressOf, watchLoss } from './watch-loss.js';

/**
 * Reads a socket on demand, and makes frames of what it reads. What nobody takes stays with the socket, which reads no
 * further then: the sender has to wait.
 *
 * @internal
 */
export class Reading<T> {
  private readonly bytes = new Subject<Uint8Array>();
  /** Once nothing more comes. */
  private ending: (() => void) | undefined;
  private isListening = false;
  /** What a close takes back. */
  private readonly hold = new Subscription();

  /**
   * @param sink gets the frames, from within {@link take} only, as long as `frames` is synchronous
   * @param wake is called, never at once, when there may be something to take again
   */
  constructor(
    private readonly socket: ReadableSocket,
    frames: OperatorFunction<Uint8Array, T>,
    sink: Observer<T>,
    private readonly wake: () => void,
  ) {
    this.hold.add(
      this.bytes.pipe(frames).subscribe({
        next: (frame) => sink.next(frame),
        error: (error: unknown) => {
          this.close();
          sink.error(error);
        },
        complete: () => {
          this.close();
          sink.complete();
        },
      }),
    );
    if (!this.isRead()) this.listen();
    // Whoever reads again when `take(1)` completes is here before the reading has ended that completed it.
    else queueMicrotask(() => this.listenAlone());
  }

  /** What the socket reads ahead by itself, in bytes; up to one chunk may come on top. */
  get ahead(): number {
    return this.socket.readableHighWaterMark;
  }

  /**
   * Takes what has come, at most `limit` bytes, and says how many. Zero when it has passed on the end or the loss
   * instead, which come behind all bytes; `undefined` when there is nothing, for now or any more.
   *
   * @param limit no less than {@link ahead}
   */
  take(limit = Infinity): number | undefined {
    if (!this.isListening || this.hold.closed) return undefined;
    const { socket } = this;
    const held = socket.readableLength;
    // Asked for more than it reads ahead, Node would read further ahead from then on.
    const chunk = held === 0 ? null : socket.read(held > limit ? this.ahead : undefined);
    if (chunk === null) {
      const { ending } = this;
      this.ending = undefined;
      ending?.();
      return ending === undefined ? undefined : 0;
    }
    if (typeof chunk === 'string') {
      this.bytes.error(new TypeError('readable: expected bytes, got text. Is an encoding set on the socket?'));
      return 0;
    }
    this.bytes.next(chunk);
    return chunk.length;
  }

  /** Leaves the socket as it was, with all that was not taken. */
  close(): void {
    this.hold.unsubscribe();
  }

  private isRead(): boolean {
    return this.socket.listenerCount('readable') > 0;
  }

  private listenAlone(): void {
    if (this.isRead()) {
      this.bytes.error(new TypeError('readable: somebody reads the socket already, and each byte has but one reader'));
      return;
    }
    this.listen();
    this.wake();
  }

  private listen(): void {
    const { socket, wake, hold } = this;
    if (hold.closed) return;
    this.isListening = true;
    if (socket.readableEnded) this.ending = this.complete;
    else if (socket.destroyed) this.lost(addressOf(socket));
    else {
      const ended = (): void => {
        this.ending = this.complete;
        wake();
      };
      hold.add(
        watchLoss(socket, (address, cause) => {
          this.lost(address, cause);
          wake();
        }),
      );
      hold.add(() => {
        socket.off('end', ended);
        socket.off('readable', wake);
      });
      socket.on('end', ended);
      socket.on('readable', wake);
    }
  }

  /** A loss behind the end of the stream is none. */
  private lost(address: string, cause?: unknown): void {
    this.ending ??= () => this.bytes.error(new ConnectionLostError(address, cause));
  }

  private readonly complete = (): void => this.bytes.complete();
}
