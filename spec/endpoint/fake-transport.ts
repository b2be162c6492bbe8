import { Observable, Subject } from 'rxjs';
import type { Answer, RestoreOptions, Transport } from '../../src/endpoint/transport.js';

/** What a {@link FakeTransport} opens. */
export class FakeSocket {
  refed = true;
  refs = 0;
  unrefs = 0;
  closed = false;
  /** Bytes accepted but not yet written. */
  unwritten = 0;
  /** What the peer sends, as the test says. */
  readonly data = new Subject<string>();

  constructor(readonly id: number) {}
}

/** One subscription to `open()`, answered by hand. */
export class FakeAttempt {
  socket: FakeSocket | undefined;
  /** It was unsubscribed before it failed or was lost: an attempt is then aborted, an open socket closed. */
  unsubscribed = false;
  isOver = false;

  constructor(
    readonly id: number,
    private readonly observer: { next(socket: FakeSocket): void; error(error: unknown): void; complete(): void },
    private readonly over: () => void,
  ) {}

  /** The socket is open. */
  accept(socket: FakeSocket = new FakeSocket(this.id)): FakeSocket {
    this.socket = socket;
    this.observer.next(socket);
    return socket;
  }

  /** The attempt has failed. */
  refuse(error: unknown = new Error('refused')): void {
    this.end();
    this.observer.error(error);
  }

  /** The open socket has closed under its user. */
  lose(error: unknown = new Error('lost')): void {
    this.end();
    this.observer.error(error);
  }

  /** The peer sends. */
  push(data: string): void {
    this.socket?.data.next(data);
  }

  /** Ends it without a word, as a careless transport might. */
  complete(): void {
    this.end();
    this.observer.complete();
  }

  /** Counts it as over; what it had opened is closed. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.socket !== undefined) this.socket.closed = true;
    this.over();
  }
}

/** One call of `close`. */
export interface FakeClose {
  readonly socket: FakeSocket;
  readonly force: boolean;
  /** The socket has closed: `open()` errors, then the close completes. */
  finish(): void;
}

/** A transport whose every attempt, loss and (with `holdCloses`) close the test answers by hand. */
export class FakeTransport implements Transport<FakeSocket, string> {
  readonly opens: FakeAttempt[] = [];
  readonly closes: FakeClose[] = [];
  /** Leaves closes to the test's `finish()`. */
  holdCloses = false;
  /** Subscriptions to `open()`, to a socket's data, and how many of them were unsubscribed. */
  subscribed = 0;
  unsubscribed = 0;
  reading = 0;
  reads = 0;
  /** Attempts and open sockets: now, and the most there ever were. */
  active = 0;
  mostActive = 0;
  /** Answers each attempt at once, from within the subscribe. */
  onOpen: ((attempt: FakeAttempt) => void) | undefined;
  usable: (socket: FakeSocket) => boolean = (socket) => !socket.closed;
  restore: (socket: FakeSocket, options?: RestoreOptions) => Answer = () => true;
  validate?: (socket: FakeSocket) => Answer;
  remember?: (socket: FakeSocket) => void;

  constructor(readonly address: string = 'fake:1') {}

  /** The attempt that started last. */
  get last(): FakeAttempt {
    const attempt = this.opens.at(-1);
    if (attempt === undefined) throw new Error('nothing was dialled');
    return attempt;
  }

  open(): Observable<FakeSocket> {
    return new Observable<FakeSocket>((subscriber) => {
      const attempt = new FakeAttempt(this.opens.length, subscriber, () => this.active--);
      this.opens.push(attempt);
      this.subscribed++;
      this.active++;
      this.mostActive = Math.max(this.mostActive, this.active);
      subscriber.add(() => {
        if (attempt.isOver) return;
        attempt.unsubscribed = true;
        this.unsubscribed++;
        attempt.end();
      });
      this.onOpen?.(attempt);
    });
  }

  close(socket: FakeSocket, options: { readonly force?: boolean } = {}): Observable<never> {
    return new Observable<never>((subscriber) => {
      const attempt = this.opens.find((one) => one.socket === socket);
      const close: FakeClose = {
        socket,
        force: options.force === true,
        finish: () => {
          if (attempt?.isOver === false) attempt.lose(new Error('closed'));
          subscriber.complete();
        },
      };
      this.closes.push(close);
      if (!this.holdCloses) close.finish();
    });
  }

  data(socket: FakeSocket): Observable<string> {
    return new Observable<string>((subscriber) => {
      this.reading++;
      this.reads++;
      subscriber.add(() => this.reading--);
      subscriber.add(socket.data.subscribe(subscriber));
    });
  }

  ref(socket: FakeSocket): void {
    socket.refed = true;
    socket.refs++;
  }

  unref(socket: FakeSocket): void {
    socket.refed = false;
    socket.unrefs++;
  }

  pending(socket: FakeSocket): number {
    return socket.unwritten;
  }
}

/** A transport answered by hand. */
export function fakeTransport(address?: string): FakeTransport {
  return new FakeTransport(address);
}
