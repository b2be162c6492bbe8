import type { Socket } from 'node:net';

type Listeners = ReturnType<Socket['rawListeners']>;

/** How a socket was before its first loan. */
export interface SocketMemory {
  /** Who listened, and for which event: one list beside the other, because there is one of each for every socket. */
  readonly listeners: Listeners;
  readonly listenedFor: readonly (string | symbol)[];
  readonly timeout: number;
  readonly encoding: BufferEncoding | null;
  readonly allowHalfOpen: boolean;
  /** Whether somebody reads it for good, as a protocol may that was set up by `prepare`. */
  readonly isRead: boolean;
  /** How many listeners stand between the socket and silence. */
  readonly vital: number;
  /** The other events that somebody listens to for good, mostly none, and how many listeners they have. */
  readonly others: readonly (readonly [name: string | symbol, count: number])[];
  /** The events for which a listener has come since. Of one that went Node does not always tell. */
  readonly touched: (string | symbol)[];
  /** Whether it shall not keep the process alive, and whether that is still to be seen to. */
  isResting: boolean;
  isListed: boolean;
}

/** The events without whose listeners a loss would not be told, or would end the process. */
const VITAL: readonly (string | symbol)[] = ['error', 'close', 'end'];

const NONE: SocketMemory['others'] = [];

const key: unique symbol = Symbol('rxpool.memory');

/** Notes how the socket is now, for `restore`. Whoever touches its listeners from now on is noticed. */
export function remember(socket: Socket): void {
  const others = socket
    .eventNames()
    .filter((name) => !VITAL.includes(name))
    // What listens once is gone by itself one day.
    .map((name) => [name, socket.rawListeners(name).filter((one) => !('listener' in one)).length] as const)
    .filter(([, count]) => count > 0);
  socket.on('newListener', touch);
  const names = socket.eventNames();
  const value: SocketMemory = {
    listeners: names.flatMap((name) => socket.rawListeners(name)),
    listenedFor: names.flatMap((name) => socket.rawListeners(name).map(() => name)),
    vital: vitalListeners(socket),
    others: others.length > 0 ? others : NONE,
    timeout: socket.timeout ?? 0,
    encoding: socket.readableEncoding,
    allowHalfOpen: socket.allowHalfOpen,
    isRead: socket.listenerCount('data') + socket.listenerCount('readable') > 0,
    touched: [],
    isResting: false,
    isListed: false,
  };
  Object.defineProperty(socket, key, { value });
}

/** One function for all sockets, which finds its own: each listener that is a closure costs memory for as long as the connection lives. */
function touch(this: Socket, name: string | symbol): void {
  const touched = memoryOf(this)?.touched;
  if (touched?.includes(name) === false) touched.push(name);
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
  const before = memory?.touched.length ?? 0;
  change();
  if (memory !== undefined) memory.touched.length = before;
}
