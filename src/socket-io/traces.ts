import type { SocketIoLike } from './socket-io-like.js';

type Listeners = readonly object[];

/** One kind of listeners of a socket. */
interface Kind {
  readonly name: string;
  now(): Listeners;
  remove(listener: object): void;
}

/**
 * Who listened to a socket before its first loan, to bring it back to that after each.
 *
 * A socket cannot list its events, so whoever listens is noted from the start on.
 */
export class Traces {
  private names = new Set<string>();
  private before: ReadonlyMap<string, Listeners> | undefined;

  constructor(private readonly socket: SocketIoLike) {
    const on = socket.on.bind(socket);
    // `once` comes by here, too.
    socket.on = (name: string, listener: never) => {
      this.names.add(name);
      on(name as never, listener);
      return socket;
    };
  }

  remember(): void {
    this.before = new Map(this.kinds().map((kind) => [kind.name, [...kind.now()]]));
  }

  /** False where it cannot be brought back; `left` is told what somebody still listened for. */
  clear(left: ((listeners: readonly string[]) => void) | undefined): boolean {
    const { before } = this;
    if (before === undefined) return false;
    const names: string[] = [];
    let isWhole = true;
    for (const kind of this.kinds()) {
      const missing = [...(before.get(kind.name) ?? [])];
      const added = kind.now().filter((listener) => {
        const at = missing.indexOf(listener);
        if (at >= 0) missing.splice(at, 1);
        return at < 0;
      });
      // What listens once is gone by itself one day.
      if (missing.some((listener) => !('fn' in listener))) isWhole = false;
      for (const listener of added) kind.remove(listener);
      if (added.length > 0) names.push(kind.name);
    }
    // Only those that may listen again: who asks for another event each time would fill the memory.
    this.names = new Set(
      [...this.names].filter((name) => this.socket.listeners(name as never).length > 0 || before.has(name)),
    );
    if (names.length > 0) left?.(names);
    return isWhole;
  }

  private kinds(): Kind[] {
    const { socket } = this;
    return [
      { name: 'onAny', now: () => socket.listenersAny(), remove: (one) => socket.offAny(one as never) },
      {
        name: 'onAnyOutgoing',
        now: () => socket.listenersAnyOutgoing(),
        remove: (one) => socket.offAnyOutgoing(one as never),
      },
      ...[...this.names].map((name): Kind => {
        return {
          name,
          now: () => socket.listeners(name as never),
          remove: (one) => socket.off(name as never, one as never),
        };
      }),
    ];
  }
}
