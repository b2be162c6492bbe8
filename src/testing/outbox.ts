/** The socket that an {@link Outbox} belongs to. */
export interface OutboxOwner {
  readonly connecting: boolean;
  readonly destroyed: boolean;
  readonly writableHighWaterMark: number;
  emit(event: string, ...values: unknown[]): boolean;
}

/** What an {@link Outbox} asks to be done. */
export interface OutboxHooks {
  /** Runs `fn` in a later callback at the same time. */
  later(fn: () => void): void;
  /** Bytes that the operating system takes now. */
  room(): number;
  /** Hands bytes to the operating system. False when the connection turns out to be broken. */
  transmit(bytes: Buffer): boolean;
  /** Everything is written: the peer is told that nothing more comes. Called once. */
  transmitEnd(): void;
  /** `finish` has been told. */
  finished(): void;
}

export type WriteCallback = (error?: Error | null) => void;

interface Write {
  readonly bytes: Buffer;
  readonly done: WriteCallback | undefined;
}

/** The writing side of a socket. Follows `lib/internal/streams/writable.js` of Node 20, as far as the socket contract goes. */
export class Outbox {
  length = 0;
  corked = 0;
  needsDrain = false;
  isEnding = false;
  isFinished = false;
  bytesWritten = 0;
  private readonly queue: Write[] = [];
  /** How much of the first in the queue is with the operating system. */
  private sent = 0;
  private written: WriteCallback[] = [];
  private isTelling = false;
  private isFinishing = false;

  constructor(
    private readonly owner: OutboxOwner,
    private readonly hooks: OutboxHooks,
  ) {}

  /** False when the writer should wait for `drain`. */
  write(bytes: Buffer, done: WriteCallback | undefined): boolean {
    this.length += bytes.length;
    this.bytesWritten += bytes.length;
    this.queue.push({ bytes, done });
    this.flush();
    if (this.length >= this.owner.writableHighWaterMark) this.needsDrain = true;
    return !this.needsDrain && !this.owner.destroyed;
  }

  end(): void {
    this.isEnding = true;
    this.corked = 0;
    this.flush();
  }

  uncork(): void {
    if (this.corked === 0) return;
    this.corked--;
    this.flush();
  }

  /** Writes as much as there is room for. */
  flush(): void {
    const { owner, hooks, queue } = this;
    if (this.corked > 0 || owner.connecting || owner.destroyed) return;
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const rest = this.sent === 0 ? first.bytes : first.bytes.subarray(this.sent);
      const room = hooks.room();
      const piece = rest.length <= room ? rest : rest.subarray(0, Math.max(0, room));
      if (piece.length > 0 && !hooks.transmit(piece)) return;
      if (piece.length < rest.length) {
        this.sent += piece.length;
        return;
      }
      queue.shift();
      this.sent = 0;
      this.length -= first.bytes.length;
      if (first.done !== undefined) this.written.push(first.done);
      this.tellLater();
    }
    if (this.isEnding) this.finish();
  }

  /** The socket is destroyed: what the operating system has is written, the rest is not. */
  fail(error: () => Error): void {
    const lost = this.queue.splice(0);
    this.tell();
    for (const { done } of lost) done?.(error());
  }

  private finish(): void {
    if (this.isFinishing) return;
    this.isFinishing = true;
    this.hooks.transmitEnd();
    this.hooks.later(() => {
      if (this.owner.destroyed) return;
      this.isFinished = true;
      this.tell();
      this.owner.emit('finish');
      this.hooks.finished();
    });
  }

  private tellLater(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    this.hooks.later(() => {
      this.isTelling = false;
      if (this.owner.destroyed) return;
      if (this.needsDrain && this.length === 0 && !this.isEnding) {
        this.needsDrain = false;
        this.owner.emit('drain');
      }
      this.tell();
    });
  }

  private tell(): void {
    const { written } = this;
    this.written = [];
    for (const done of written) done(null);
  }
}
