import type { FlowSocket } from './flow-socket.js';

/** What reading with flow control needs of a socket. A `net.Socket`, a TLS socket and a simulated one have it. */
export interface ReadableSocket extends FlowSocket {
  readonly readableEnded: boolean;
  /** Bytes that it has read ahead and nobody has taken. */
  readonly readableLength: number;
  /** It reads ahead, unasked, until it holds as much. */
  readonly readableHighWaterMark: number;
  /** All that it holds, or as many bytes as were asked for if there are so many; `null` = nothing, for now. */
  read(size?: number): Uint8Array | string | null;
  listenerCount(event: string): number;
}
