/** What is needed of a socket of `socket.io-client`, whatever events it is declared to have. */
export interface SocketIoLike {
  readonly connected: boolean;
  /** It would go on by itself, if it were allowed to: false after a refusal by the server. */
  readonly active: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: never, listener: never): unknown;
  off(event: never, listener: never): unknown;
  listeners(event: never): readonly object[];
  onAny(listener: (...event: [string, ...unknown[]]) => void): unknown;
  offAny(listener: never): unknown;
  listenersAny(): readonly object[];
  offAnyOutgoing(listener: never): unknown;
  listenersAnyOutgoing(): readonly object[];
}
