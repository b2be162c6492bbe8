import { describeError } from '../endpoint/describe-error.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';

/** Why a connection of Socket.IO was not made. */
export interface SocketIoConnectInfo {
  readonly address: string;
  /** The server has answered, and a middleware of it has said no. */
  readonly refused: boolean;
  /** What the middleware gave its error as `data`, unchecked. */
  readonly data: unknown;
}

/** A connection of Socket.IO was not made: nobody is there, or a middleware of the server has refused it. `cause` is the client's error. */
export class SocketIoConnectError extends RxpoolError<SocketIoConnectInfo> {
  static override readonly code = 'RXPOOL_SOCKET_IO_CONNECT';
  declare readonly code: typeof SocketIoConnectError.code;

  constructor(address: string, refused: boolean, cause: unknown) {
    const data: unknown = typeof cause === 'object' && cause !== null && 'data' in cause ? cause.data : undefined;
    super(`${address} ${refused ? 'has refused the connection' : 'cannot be reached'}: ${describeError(cause)}`, {
      info: { address, refused, data },
      retryable: true,
      cause,
    });
  }
}
