import { describeError } from '../endpoint/describe-error.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';
import type { CloseLike } from './web-socket-like.js';

/** How and where a WebSocket has closed. */
export interface WebSocketClosedInfo extends CloseLike {
  readonly address: string;
}

/** What the codes mean, by RFC 6455 and its registry. */
const MEANINGS: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code',
  1006: 'no handshake',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'missing extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS failure',
};

/**
 * A WebSocket has closed that was not meant to, cleanly or not, while it was open or before. `cause` is what the socket said of it, where
 * it says anything: `ws` tells of a refused connection or a 502, a browser does not.
 *
 * Not `retryable` where `isFinal` said so.
 */
export class WebSocketClosedError extends RxpoolError<WebSocketClosedInfo> {
  static override readonly code = 'RXPOOL_WEBSOCKET_CLOSED';
  declare readonly code: typeof WebSocketClosedError.code;

  constructor(
    address: string,
    close: CloseLike,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    const { code, reason, wasClean } = close;
    const { retryable = true, cause } = options;
    const meaning = MEANINGS[code];
    const name = `${String(code)}${meaning === undefined ? '' : ` (${meaning})`}`;
    const why = [reason, cause === undefined ? '' : describeError(cause)].filter((text) => text !== '').join('; ');
    super(`the WebSocket to ${address} has closed with ${name}${why === '' ? '' : `: ${why}`}`, {
      info: { address, code, reason, wasClean },
      retryable,
      cause,
    });
  }
}
