import { RxpoolError } from './rxpool-error.js';

/** A connection was not ready within `connectTimeout`, its TLS handshake included. */
export class ConnectTimeoutError extends RxpoolError<{ readonly address: string; readonly timeout: number }> {
  static override readonly code = 'RXPOOL_CONNECT_TIMEOUT';
  declare readonly code: typeof ConnectTimeoutError.code;

  constructor(address: string, timeout: number) {
    super(`no connection to ${address} within ${String(timeout)} ms`, { info: { address, timeout }, retryable: true });
  }
}
