/** What the sockets of `ws` have besides: they are emitters of Node, whose listeners can be listed. */
export interface Emitter {
  readonly isPaused: boolean;
  resume(): void;
  eventNames(): readonly (string | symbol)[];
  rawListeners(name: string | symbol): readonly unknown[];
  on(name: string, listener: (...values: never[]) => void): unknown;
  off(name: string | symbol, listener: never): unknown;
}

export function isEmitter(socket: object): socket is Emitter {
  return 'rawListeners' in socket && typeof socket.rawListeners === 'function';
}
