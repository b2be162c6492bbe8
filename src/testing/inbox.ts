import { StringDecoder } from 'node:string_decoder';

/** The socket that an {@link Inbox} belongs to. */
export interface InboxOwner {
  readonly destroyed: boolean;
  readonly readableHighWaterMark: number;
  emit(event: string, ...values: unknown[]): boolean;
  listenerCount(event: string): number;
}

/** What an {@link Inbox} asks to be done. */
export interface InboxHooks {
  /** Runs `fn` in a later callback at the same time. */
  later(fn: () => void): void;
  /** Bytes have left what the operating system holds. */
  taken(bytes: number): void;
  /** All was read, and the peer's end has been told. */
  ended(): void;
  /** The peer has reset the connection. */
  wasReset(): void;
}

type Chunk = Buffer | string;

/**
 * The reading side of a socket: what the operating system holds, what the stream holds, and the stream's rules on when it is told of.
 *
 * Follows `lib/internal/streams/readable.js` and `lib/net.js` of Node 20, as far as the socket contract goes.
 */
export class Inbox {
  /** Named and shaped as Node has it. */
  readonly state: { flowing: boolean | null } = { flowing: null };
  length = 0;
  endEmitted = false;
  encoding: BufferEncoding | null = null;
  private decoder: StringDecoder | undefined;
  private chunks: Chunk[] = [];
  private arrived: Buffer[] = [];
  private finArrived = false;
  private resetArrived = false;
  /** The peer's end was met, though what came before it may still be unread. */
  sawEnd = false;
  private isStarted = false;
  private isPausedByHand = false;
  private isListening = false;
  private isResuming = false;
  private isEnding = false;

  constructor(
    private readonly owner: InboxOwner,
    private readonly hooks: InboxHooks,
  ) {}

  /** Bytes that the operating system holds and nobody has taken. */
  get unread(): boolean {
    return this.arrived.length > 0;
  }

  /** The connection is there: reading begins, unless it is paused; then it does once somebody asks. */
  start(): void {
    this.isStarted = true;
    if (!this.isPaused()) this.fill();
  }

  receive(bytes: Buffer): void {
    this.arrived.push(bytes);
    this.fill();
  }

  receiveEnd(): void {
    this.finArrived = true;
    this.fill();
  }

  receiveReset(): void {
    this.resetArrived = true;
    this.fill();
  }

  isPaused(): boolean {
    return this.isPausedByHand || this.state.flowing === false;
  }

  pause(): void {
    if (this.state.flowing !== false) {
      this.state.flowing = false;
      this.owner.emit('pause');
    }
    this.isPausedByHand = true;
  }

  resume(): void {
    if (this.state.flowing !== true) {
      this.state.flowing = !this.isListening;
      if (!this.isResuming) {
        this.isResuming = true;
        this.hooks.later(this.resumed);
      }
    }
    this.isPausedByHand = false;
  }

  /** A listener has come. */
  listened(event: string | symbol): void {
    if (event === 'data') {
      this.isListening = this.owner.listenerCount('readable') > 0;
      if (this.state.flowing !== false) this.resume();
    } else if (event === 'readable' && !this.isListening) {
      this.isListening = true;
      this.state.flowing = false;
      if (this.length > 0 || this.sawEnd) this.hooks.later(this.tellReadable);
    }
  }

  /** A listener has gone. */
  unlistened(event: string | symbol | undefined): void {
    if (event === 'readable' || event === undefined) this.hooks.later(this.unlisten);
  }

  /** @param size bytes (or characters); none = all there is */
  read(size?: number): Chunk | null {
    if (size === 0) {
      this.fill();
      return null;
    }
    if (this.length === 0 || (size !== undefined && size > this.length && !this.sawEnd)) {
      this.fill();
      return null;
    }
    const value = this.takeOut(size);
    if (this.length === 0) this.fill();
    if (!this.owner.destroyed) this.owner.emit('data', value);
    return value;
  }

  setEncoding(encoding: BufferEncoding): void {
    const decoder = new StringDecoder(encoding);
    this.decoder = decoder;
    this.encoding = encoding;
    const text = this.chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.write(chunk))).join('');
    this.chunks = text === '' ? [] : [text];
    this.length = text.length;
  }

  /** Takes from the operating system as long as the stream has room, then hears of the end or the reset. */
  private fill(): void {
    const { owner } = this;
    while (this.isStarted && !owner.destroyed && this.length < owner.readableHighWaterMark) {
      const bytes = this.arrived.shift();
      if (bytes === undefined) {
        // After the end nobody looks for what else may come.
        if (this.resetArrived && !this.sawEnd) this.hooks.wasReset();
        else if (this.finArrived) this.end();
        return;
      }
      this.hooks.taken(bytes.length);
      this.push(bytes);
    }
  }

  private push(bytes: Buffer): void {
    const chunk = this.decoder === undefined ? bytes : this.decoder.write(bytes);
    if (chunk.length === 0) return;
    if (this.state.flowing === true && this.length === 0 && !this.isResuming) {
      this.owner.emit('data', chunk);
      return;
    }
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.isListening) this.hooks.later(this.tellReadable);
  }

  private takeOut(size: number | undefined): Chunk {
    const whole = this.chunks.length === 1 && (size === undefined || size >= this.length);
    const all = whole ? (this.chunks[0] as Chunk) : this.joined();
    const value = size === undefined || size >= this.length ? all : all.slice(0, size);
    const rest = all.slice(value.length);
    this.chunks = rest.length === 0 ? [] : [rest];
    this.length = rest.length;
    return value;
  }

  private joined(): Chunk {
    return this.decoder === undefined ? Buffer.concat(this.chunks as Buffer[]) : this.chunks.join('');
  }

  private end(): void {
    if (!this.sawEnd) {
      this.sawEnd = true;
      const rest = this.decoder?.end() ?? '';
      if (rest !== '') {
        this.chunks.push(rest);
        this.length += rest.length;
      }
      if (this.isListening) this.hooks.later(this.tellReadable);
    }
    if (this.length > 0 || this.isEnding) return;
    this.isEnding = true;
    this.hooks.later(() => {
      if (this.owner.destroyed) return;
      this.endEmitted = true;
      this.owner.emit('end');
      this.hooks.ended();
    });
  }

  private readonly resumed = (): void => {
    this.isResuming = false;
    if (this.owner.destroyed) return;
    this.owner.emit('resume');
    this.flow();
    this.fill();
  };

  private flow(): void {
    while (this.state.flowing === true && !this.owner.destroyed) {
      const chunk = this.chunks.shift();
      if (chunk === undefined) return;
      this.length -= chunk.length;
      this.owner.emit('data', chunk);
    }
  }

  private readonly tellReadable = (): void => {
    if (this.owner.destroyed || (this.length === 0 && !this.sawEnd)) return;
    this.owner.emit('readable');
    this.flow();
  };

  private readonly unlisten = (): void => {
    this.isListening = this.owner.listenerCount('readable') > 0;
    if (this.isResuming && !this.isPausedByHand) this.state.flowing = true;
    else if (this.owner.listenerCount('data') > 0) this.resume();
    else if (!this.isListening) this.state.flowing = null;
  };
}
