import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What was wrong with a message, or with so many. */
export interface WebSocketMessageInfo {
  readonly address: string;
  /**
   * - `text`, `binary`: it came where `messageType` asks for the other
   * - `unreadable`: neither text nor bytes, as a `Blob` is
   * - `unread`: more than `maxUnread` came while nobody read
   * - `undecodable`: the `deserializer` has refused it; `cause` is its error
   */
  readonly problem: 'text' | 'binary' | 'unreadable' | 'unread' | 'undecodable';
}

const SAID: Readonly<Record<WebSocketMessageInfo['problem'], string>> = {
  text: 'a text message where only binary ones are expected',
  binary: 'a binary message where only text is expected',
  unreadable: 'a message that is neither text nor bytes',
  unread: 'more messages than maxUnread while nobody read',
  undecodable: 'a message that cannot be decoded',
};

/** A WebSocket has brought what cannot be taken. */
export class WebSocketMessageError extends RxpoolError<WebSocketMessageInfo> {
  static override readonly code = 'RXPOOL_WEBSOCKET_MESSAGE';
  declare readonly code: typeof WebSocketMessageError.code;

  constructor(address: string, problem: WebSocketMessageInfo['problem'], cause?: unknown) {
    super(`the WebSocket to ${address} has brought ${SAID[problem]}`, {
      info: { address, problem },
      retryable: true,
      cause,
    });
  }
}
