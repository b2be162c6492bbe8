/** What is needed of a WebSocket: the platform's has it, and so has that of the package `ws`. */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes handed to `send` and not yet to the network. */
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: MessageLike) => void): void;
  addEventListener(type: 'open' | 'error', listener: (event: object) => void): void;
  addEventListener(type: 'close', listener: (event: CloseLike) => void): void;
  removeEventListener(type: 'close', listener: (event: CloseLike) => void): void;
  /** Closes at once, without a handshake. Only `ws` can. */
  terminate?(): void;
  /** Sends a ping of the protocol. Only `ws` can. */
  ping?(): void;
}

/** What is needed of the event of a message. */
export interface MessageLike {
  readonly data: unknown;
}

/** How a WebSocket has closed. */
export interface CloseLike {
  /** 1000 to 4999; 1005 where the peer gave none, 1006 where there was no handshake. */
  readonly code: number;
  readonly reason: string;
  /** There was a handshake. */
  readonly wasClean: boolean;
}

export const OPEN = 1;
export const CONNECTING = 0;
