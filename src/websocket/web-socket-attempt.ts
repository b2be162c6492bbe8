/** What a WebSocket is to be made with, as it is for one attempt. */
export interface WebSocketAttempt {
  readonly url: string;
  readonly protocols: string[];
  readonly headers: Readonly<Record<string, string>>;
}
