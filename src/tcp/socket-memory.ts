import type { Socket } from 'node:net';

type Listeners = ReturnType<Socket['rawListeners']>;

/** How a socket was before its first loan. */
interface SocketMemory {
  readonly listeners: ReadonlyMap<string | symbol, Listeners>;
  readonly timeout: number;
  readonly allowHalfOpen: boolean;
  /** How many listeners stand between the socket and silence. */
  readonly vital: number;
  /** Whether a listener has come since. Of one that went Node does not always tell. */
  isTouched: boolean;
  /** Whether it shall not keep the process alive, and whether that is still to be seen to. */
  isResting: boolean;
  isListed: boolean;
}

const key: unique symbol = Symbol('rxpool.memory');

/** Notes how the socket is now. Whoever touches its listeners from now on is noticed. */
export function remember(socket: Socket): void {
  const listeners = new Map<string | symbol, Listeners>();
  const value: SocketMemory = {
    listeners,
    vital: vitalListeners(socket),
    timeout: socket.timeout ?? 0,
    allowHalfOpen: socket.allowHalfOpen,
    isTouched: false,
    isResting: false,
    isListed: false,
  };
  const touch = (): void => {
    value.isTouched = true;
  };
  socket.on('newListener', touch);
  for (const name of socket.eventNames()) listeners.set(name, socket.rawListeners(name));
  Object.defineProperty(socket, key, { value });
}

/** What {@link remember} has noted. */
export function memoryOf(socket: Socket & { [key]?: SocketMemory }): SocketMemory | undefined {
  return socket[key];
}

/** The listeners without which a loss would not be told, or would end the process. */
export function vitalListeners(socket: Socket): number {
  return socket.listenerCount('error') + socket.listenerCount('close') + socket.listenerCount('end');
}

/** Changes listeners unnoticed, because whoever does so leaves them as they were. */
export function untouched(socket: Socket, change: () => void): void {
  const memory = memoryOf(socket);
  const wasTouched = memory?.isTouched === true;
  change();
  if (memory !== undefined) memory.isTouched = wasTouched;
}
