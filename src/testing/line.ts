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
  /** What goes out. */
  readonly out: Wire;
  readonly remote: { readonly host: string; readonly port?: number };
  readonly isConnecting: boolean;
  /** The machine is there to answer, though it may not know this connection. */
  isUp(): boolean;
  /** The socket has closed. */
  closed(): void;
}

/** The operating system's end of a connection. */
export class Line {
  peer: Line | undefined;
  socket: LineSocket | undefined;
  /** The connection is broken off. */
  isReset = false;
  private isEnded = false;
  private isForgotten = false;

  constructor(readonly config: LineConfig) {
    config.out.onRoom = () => {
      config.clock.defer(() => this.socket?.hasRoom());
    };
  }

  /** Bytes that may be written now. */
  get room(): number {
    return this.config.out.room;
  }

  transmit(bytes: Buffer): void {
    this.config.out.send(bytes, this.deliver);
  }

  /** Nothing more comes from here. */
  transmitEnd(): void {
    if (this.isEnded || this.isReset) return;
    this.isEnded = true;
    this.config.out.carry(() => this.peer?.heardEnd());
  }

  /** Breaks the connection off. */
  reset(): void {
    if (!this.isReset) this.refuse();
  }

  /** Tells a client that it is connected. */
  accept(): void {
    this.config.out.carry(() => this.peer?.socket?.connected());
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
    this.peer?.config.out.taken(bytes);
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

  private heard(bytes: Buffer): void {
    if (this.socket?.isOpen() === true) {
      this.socket.received(bytes);
      return;
    }
    this.taken(bytes.length);
    this.refuse();
  }

  private heardEnd(): void {
    if (this.isForgotten) this.refuse();
    else if (this.socket?.isOpen() === true) this.socket.receivedEnd();
  }

  private heardReset(): void {
    this.isReset = true;
    if (this.socket?.isOpen() === true) this.socket.receivedReset();
  }

  /** What came is for nobody. */
  private refuse(): void {
    if (this.isForgotten && !this.config.isUp()) return;
    this.isReset = true;
    this.config.out.carry(() => this.peer?.heardReset());
  }
}
