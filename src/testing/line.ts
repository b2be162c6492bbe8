import type { Clock } from '../endpoint/clock.js';
import { socketError } from './socket-error.js';
import type { Wire } from './wire.js';

/** The socket that a {@link Line} belongs to, as the operating system sees it. */
export interface LineSocket {
  isOpen(): boolean;
  /** Bytes have arrived that were not taken yet. */
  hasUnread(): boolean;
  received(bytes: Buffer): void;
  receivedEnd(): void;
  receivedReset(): void;
  /** The connection is there. */
  connected(): void;
  /** There is room again to write. */
  hasRoom(): void;
  destroy(error?: Error): void;
}

/** What a {@link Line} needs to know of the network. */
export interface LineConfig {
  readonly clock: Clock;
  /** What goes out, until it is told to go another way. */
  readonly out: Wire;
  readonly remote: { readonly host: string; readonly port?: number };
  readonly isConnecting: boolean;
  /** Runs `answer` once the machine is there to answer, though it may no longer know this connection. */
  whenUp(answer: () => void): void;
  /** The socket has closed. */
  closed(): void;
}

/** The operating system's end of a connection. */
export class Line {
  peer: Line | undefined;
  socket: LineSocket | undefined;
  /** The connection is broken off. */
  isReset = false;
  private out: Wire;
  private isEnded = false;
  private isForgotten = false;
  private isTelling = false;

  constructor(readonly config: LineConfig) {
    this.out = config.out;
    this.sendBy(config.out);
  }

  /** What goes out from now on goes by this wire. */
  sendBy(out: Wire): void {
    this.out = out;
    out.onRoom = () => {
      if (this.isTelling) return;
      this.isTelling = true;
      this.config.clock.defer(this.tellRoom);
    };
  }

  /** Bytes that may be written now. Where the connection is broken off nothing holds a write up: it fails. */
  get room(): number {
    return this.isReset ? Infinity : this.out.room;
  }

  transmit(bytes: Buffer): void {
    this.out.send(bytes, this.deliver);
  }

  /** Nothing more comes from here. */
  transmitEnd(): void {
    if (this.isEnded || this.isReset) return;
    this.isEnded = true;
    this.out.carry(() => this.peer?.heardEnd());
  }

  /** Breaks the connection off. */
  reset(): void {
    if (!this.isReset) this.breakOff();
  }

  /** Tells a client that it is connected. */
  accept(): void {
    this.out.carry(() => this.peer?.socket?.connected());
  }

  /** Nobody accepts the connection. */
  heardRefusal(): void {
    if (this.socket?.isOpen() === true) this.socket.destroy(socketError('connect', 'ECONNREFUSED', this.config.remote));
  }

  /** Whether nothing more comes from here. */
  get isOver(): boolean {
    return this.isEnded || this.isReset;
  }

  /** Takes in what has arrived. */
  taken(bytes: number): void {
    this.peer?.out.taken(bytes);
  }

  /** The socket is closed: what it has not read was sent in vain, and its peer is told so. */
  close(): void {
    if (this.socket?.hasUnread() === true) this.reset();
    else this.transmitEnd();
  }

  /** The machine is gone without a word, and with it all that it knew. */
  forget(): void {
    this.isForgotten = true;
    this.isReset = true;
  }

  private readonly deliver = (bytes: Buffer): void => {
    this.peer?.heard(bytes);
  };

  private readonly tellRoom = (): void => {
    this.isTelling = false;
    this.socket?.hasRoom();
  };

  private heard(bytes: Buffer): void {
    if (this.socket?.isOpen() === true) {
      this.socket.received(bytes);
      return;
    }
    // Whoever sent it sends it again until somebody answers.
    this.config.whenUp(() => {
      this.taken(bytes.length);
      this.breakOff();
    });
  }

  private heardEnd(): void {
    if (this.socket?.isOpen() === true) this.socket.receivedEnd();
    else if (this.isForgotten) this.config.whenUp(() => this.breakOff());
  }

  private heardReset(): void {
    this.isReset = true;
    if (this.socket?.isOpen() === true) this.socket.receivedReset();
  }

  private breakOff(): void {
    this.isReset = true;
    this.out.carry(() => this.peer?.heardReset());
  }
}
