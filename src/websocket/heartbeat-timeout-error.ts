import { RxpoolError } from '../endpoint/rxpool-error.js';

/** The peer has not answered a heartbeat in time: the connection is taken for dead. */
export class HeartbeatTimeoutError extends RxpoolError<{ readonly address: string; readonly timeout: number }> {
  static override readonly code = 'RXPOOL_HEARTBEAT_TIMEOUT';
  declare readonly code: typeof HeartbeatTimeoutError.code;

  constructor(address: string, timeout: number) {
    super(`${address} has not answered a heartbeat within ${String(timeout)} ms`, {
      info: { address, timeout },
      retryable: true,
    });
  }
}
