import type { FlowSocket } from './flow-socket.js';

/** What writing with flow control needs of a socket. A `net.Socket`, a TLS socket and a simulated one have it. */
export interface WritableSocket extends FlowSocket {
  readonly writable: boolean;
  /** It holds as much as it should: whoever writes is to wait for its `drain`. */
  readonly writableNeedDrain: boolean;
  write(bytes: Uint8Array, written: (error?: Error | null) => void): boolean;
}
