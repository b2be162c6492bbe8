import { RxpoolError } from '../endpoint/rxpool-error.js';

/** How and where a connection of Socket.IO has ended. */
export interface SocketIoDisconnectedInfo {
  readonly address: string;
  /** By the client's own name, for example `transport close`, `ping timeout` or `io server disconnect`. */
  readonly reason: string;
}

/** A connection of Socket.IO has ended, whoever ended it. `cause` is what the client said of it besides the reason, where it said anything. */
export class SocketIoDisconnectedError extends RxpoolError<SocketIoDisconnectedInfo> {
  static override readonly code = 'RXPOOL_SOCKET_IO_DISCONNECTED';
  declare readonly code: typeof SocketIoDisconnectedError.code;

  constructor(address: string, reason: string, cause?: unknown) {
    super(`the connection to ${address} has ended: ${reason}`, { info: { address, reason }, retryable: true, cause });
  }
}
