import { isEmitter } from './emitter.js';
import type { WebSocketLike } from './web-socket-like.js';

const HANDLERS = ['onopen', 'onmessage', 'onerror', 'onclose'] as const;

/** One listener of a socket whose listeners can be listed. */
interface Heard {
  readonly name: string | symbol;
  readonly listener: unknown;
}

/**
 * How a WebSocket was before its first loan, to bring it back to that after each.
 *
 * What was added by `addEventListener` nobody can list, but with `ws`.
 */
export class Traces {
  private readonly handlers: readonly unknown[];
  private readonly binaryType: string;
  private readonly listeners: readonly Heard[];

  constructor(private readonly socket: WebSocketLike) {
    this.handlers = HANDLERS.map((name) => socket[name]);
    this.binaryType = socket.binaryType;
    this.listeners = listenersOf(socket);
  }

  /** False where it cannot be brought back; `left` is told the events that somebody still listened for. */
  clear(left: ((listeners: readonly string[]) => void) | undefined): boolean {
    const { socket } = this;
    const names = new Set<string>();
    HANDLERS.forEach((name, i) => {
      if (socket[name] === this.handlers[i]) return;
      names.add(name);
      socket[name] = this.handlers[i];
    });
    const isWhole = this.clearListeners(names);
    if (names.size > 0) left?.([...names]);
    if (socket.binaryType !== this.binaryType) socket.binaryType = this.binaryType;
    if (isEmitter(socket) && socket.isPaused) socket.resume();
    return isWhole;
  }

  private clearListeners(names: Set<string>): boolean {
    const { socket, listeners } = this;
    if (!isEmitter(socket)) return true;
    const now = listenersOf(socket);
    if (!listeners.every((one) => has(now, one))) return false;
    for (const one of now) {
      if (has(listeners, one)) continue;
      names.add(String(one.name));
      socket.off(one.name, one.listener as never);
    }
    return true;
  }
}

function listenersOf(socket: object): readonly Heard[] {
  if (!isEmitter(socket)) return [];
  return socket
    .eventNames()
    .flatMap((name) => socket.rawListeners(name).map((listener): Heard => ({ name, listener })));
}

function has(listeners: readonly Heard[], { name, listener }: Heard): boolean {
  return listeners.some((one) => one.name === name && one.listener === listener);
}
