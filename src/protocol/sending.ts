import type { Subscriber } from 'rxjs';
import { Line, type Lined } from '../limit/line.js';
import { checkBytes } from './check-bytes.js';
import { Outgoing, type Writer } from './outgoing.js';
import { SendLostError } from './send-lost-error.js';
import type { Sent } from './sent.js';
import type { WritableSocket } from './writable-socket.js';

interface WaitingFrame extends Lined<WaitingFrame> {
  readonly bytes: Uint8Array;
}

const utf8 = new TextEncoder();

/**
 * One `send()`: its frames, on their way into the socket and out of it.
 *
 * @internal
 */
export class Sending implements Writer {
  /** Bytes that wait for the socket. */
  waiting = 0;
  private readonly line = new Line<WaitingFrame>();
  /** Frames that wait or are not flushed. */
  private unfinished = 0;
  private accepted = 0;
  private flushed = 0;
  private hasTold = false;
  private hasAll = false;
  private resumeSource: (() => void) | undefined;

  constructor(
    private readonly socket: WritableSocket,
    private readonly outgoing: Outgoing,
    private readonly subscriber: Subscriber<Sent>,
  ) {
    subscriber.add(() => outgoing.leave(this));
    outgoing.join(this);
  }

  isOver(): boolean {
    return this.subscriber.closed;
  }

  /** Writes a frame as soon as there is room and it is its turn. */
  put(frame: Uint8Array | string): void {
    const bytes = typeof frame === 'string' ? utf8.encode(frame) : frame;
    try {
      checkBytes(bytes);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.unfinished++;
    this.waiting += bytes.byteLength;
    this.line.push({ bytes, before: undefined, after: undefined });
    this.outgoing.queue(this);
  }

  /** Until nothing waits any more; nothing to wait for = `undefined`. */
  untilWritten(): Promise<void> | undefined {
    if (this.line.first === undefined) return undefined;
    return new Promise((resolve) => {
      this.resumeSource = resolve;
    });
  }

  /** No further frame comes. */
  end(): void {
    this.hasAll = true;
    if (this.unfinished > 0) return;
    if (!this.hasTold) this.tell();
    this.subscriber.complete();
  }

  fail(error: unknown): void {
    this.tell();
    this.subscriber.error(error);
  }

  writeNext(): boolean {
    const { first } = this.line;
    if (first === undefined) return false;
    const { bytes } = first;
    this.line.remove(first);
    this.waiting -= bytes.byteLength;
    this.accepted += bytes.byteLength;
    this.socket.write(bytes, (error) => this.written(bytes.byteLength, error));
    if (this.line.first !== undefined) return true;
    this.resumeSource?.();
    return false;
  }

  lost(address: string, cause?: unknown): void {
    this.fail(new SendLostError(address, this.progress, cause));
  }

  private get progress(): Sent {
    return { accepted: this.accepted, flushed: this.flushed };
  }

  private written(bytes: number, error: unknown): void {
    // Of what a destroyed socket still had, Node says that it is written.
    if (this.socket.destroyed || (error !== undefined && error !== null)) return;
    this.unfinished--;
    this.flushed += bytes;
    this.tell();
    if (this.hasAll && this.unfinished === 0) this.subscriber.complete();
  }

  private tell(): void {
    this.hasTold = true;
    this.subscriber.next(this.progress);
  }
}
