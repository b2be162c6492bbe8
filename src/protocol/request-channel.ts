import { Subject, Subscription } from 'rxjs';
import type { Transport } from '../endpoint/transport.js';
import type { ChannelUser, Exchange } from './request-exchange.js';
import { RequestOutbox } from './request-outbox.js';
import type { Protocol } from './request-protocol.js';
import { RequestReplies } from './request-replies.js';
import type { RequestSocket } from './request-socket.js';
import { RequestUnaskedError } from './request-unasked-error.js';

/** The right to the connection, of a user who is done with it. */
interface Loan {
  release(): void;
  destroy(error?: unknown): void;
}

/** Pushes that are kept for a client that is not there yet; more of them are no handshake. */
const MOST_EARLY = 1_000;

/** Shared by all copies of the package in one process. */
const key: unique symbol = Symbol.for('rxpool.requestChannel@1') as never;

/**
 * The requests on one connection: writes them, and reads their answers for as long as anybody uses it. There is one for
 * each socket and protocol, so that what a handshake has read of a frame is not lost on whoever reads the rest.
 *
 * @internal
 */
export class Channel<Request, Frame> {
  /** Its requests wait for the end of the turn to be written. */
  isDue = false;
  private readonly bytes = new Subject<Uint8Array>();
  private readonly framing: Subscription;
  private readonly outbox: RequestOutbox<Request, Frame>;
  private readonly replies: RequestReplies<Request, Frame>;
  private readonly listeners = new Set<ChannelUser>();
  private readonly tellPush = new Set<(frame: Frame) => void>();
  private early: Frame[] = [];
  /** Requests and listeners. */
  private users = 0;
  private reading: Subscription | undefined;
  private isTaking = false;
  private flushesLater = false;
  /** What the last user leaves behind, until the bytes at hand are used up: they may be more than answers. */
  private left: Loan | undefined;
  private isOver = false;

  private constructor(
    private readonly socket: RequestSocket,
    private readonly transport: Pick<Transport<RequestSocket, Uint8Array>, 'data' | 'pending'>,
    private readonly protocol: Protocol<Request, Frame, unknown>,
  ) {
    this.replies = new RequestReplies(protocol);
    this.outbox = new RequestOutbox(protocol, this.replies);
    this.framing = this.bytes.pipe(protocol.frames).subscribe({
      next: (frame) => this.take(frame),
      error: (error: unknown) => this.fail(error),
      complete: () => this.fail(new TypeError('the frames of the protocol came to an end')),
    });
  }

  /** The one of a socket. */
  static of<Request, Frame>(
    socket: RequestSocket & { [key]?: Channel<Request, Frame> },
    transport: Pick<Transport<RequestSocket, Uint8Array>, 'data' | 'pending'>,
    protocol: Protocol<Request, Frame, unknown>,
  ): Channel<Request, Frame> {
    const known = socket[key];
    if (known?.protocol === protocol) return known;
    const value = new Channel(socket, transport, protocol);
    Object.defineProperty(socket, key, { value, configurable: true });
    return value;
  }

  /** Whether only one has something to do with it. */
  get isAlone(): boolean {
    return this.users === 1;
  }

  /** Tells of pushes from now on, and of those that nobody was there for. */
  onPush(tell: (frame: Frame) => void): void {
    this.tellPush.add(tell);
    const { early } = this;
    this.early = [];
    for (const frame of early) tell(frame);
  }

  /** Reads for as long as the listener is there, be it only for pushes. */
  listen(listener: ChannelUser): void {
    if (this.isOver) listener.lost(undefined);
    else {
      this.listeners.add(listener);
      this.use();
    }
  }

  unlisten(listener: ChannelUser, loan: Loan): void {
    this.listeners.delete(listener);
    this.end(loan);
  }

  /** Whoever adds a request sees to it that it is flushed. */
  add(exchange: Exchange<Request, Frame>): void {
    if (this.isOver) exchange.lost(undefined);
    else {
      this.outbox.add(exchange);
      this.use();
    }
  }

  /** Forgets a request that is not written, or one whose answer will not come; the latter only where ids tell them apart. */
  remove(exchange: Exchange<Request, Frame>): void {
    if (exchange.id === 0) this.outbox.remove(exchange);
    else this.replies.remove(exchange);
  }

  /** Whether what is behind an answer that does not come can be answered. */
  get canSkip(): boolean {
    return this.protocol.idOf !== undefined;
  }

  /** A user is done with its part of the connection. */
  end(loan?: Loan): void {
    this.users--;
    if (this.users > 0) loan?.release();
    else if (loan === undefined) this.stopReading();
    else {
      this.left?.release();
      this.left = loan;
      if (!this.isTaking) this.settle();
    }
  }

  /** Writes what waits, in one piece. */
  flush(maxBuffered = Infinity): void {
    this.isDue = false;
    // The bytes at hand are older than what is to be written, and answer none of it.
    this.flushesLater = this.isTaking;
    if (this.isTaking) return;
    // What the peer has closed takes nothing, and brings no answer any more.
    if (!this.socket.writable && !this.outbox.isEmpty) this.fail(undefined);
    const pending = this.transport.pending?.(this.socket) ?? 0;
    const batch = this.outbox.pack(maxBuffered, pending);
    try {
      batch.writeTo(this.socket);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The connection is of no use any more. Everybody on it is told, and nobody can use it again. */
  fail(cause: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.framing.unsubscribe();
    this.reading?.unsubscribe();
    const users: ChannelUser[] = [...this.replies.takeAll(), ...this.outbox.takeAll(), ...this.listeners];
    this.listeners.clear();
    this.users = 0;
    this.left?.destroy(cause);
    this.left = undefined;
    for (const user of users) user.lost(cause);
  }

  private use(): void {
    this.users++;
    if (this.reading !== undefined) return;
    const reading = new Subscription();
    this.reading = reading;
    reading.add(
      this.transport.data(this.socket).subscribe({
        next: (chunk) => this.takeChunk(chunk),
        error: (error: unknown) => this.fail(error),
        // What was read of an unfinished frame is none.
        complete: () => this.fail(undefined),
      }),
    );
  }

  private takeChunk(chunk: Uint8Array): void {
    this.isTaking = true;
    this.bytes.next(chunk);
    this.isTaking = false;
    this.settle();
    if (this.flushesLater) this.flush();
  }

  private settle(): void {
    const { left } = this;
    this.left = undefined;
    // The next borrower is to find the socket as it was.
    if (this.users === 0) this.stopReading();
    left?.release();
  }

  private stopReading(): void {
    this.reading?.unsubscribe();
    this.reading = undefined;
  }

  private take(frame: Frame): void {
    let exchange: Exchange<Request, Frame> | undefined;
    let isLast = false;
    try {
      exchange = this.replies.whose(frame);
      if (exchange !== undefined) isLast = this.protocol.isLast?.(frame, exchange.message) ?? true;
    } catch (error) {
      this.fail(error);
      return;
    }
    if (exchange === undefined) {
      this.pushed(frame);
      return;
    }
    if (isLast) this.replies.remove(exchange);
    exchange.answered(frame, isLast);
  }

  private pushed(frame: Frame): void {
    for (const tell of this.tellPush) tell(frame);
    if (this.tellPush.size > 0) return;
    if (this.early.push(frame) > MOST_EARLY) this.fail(new RequestUnaskedError(frame));
  }
}
