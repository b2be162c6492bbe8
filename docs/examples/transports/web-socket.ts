import { Observable, Subject } from 'rxjs';
import { transport, type RestoreOptions, type Transport, type UsableOptions } from 'rxpool';

/** What is needed of a WebSocket: the platform's has it, and so has that of the package `ws`. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
  close(code?: number): void;
  /** Closes without a handshake. Only `ws` can. */
  terminate?(): void;
}

const OPEN = 1;
const CLOSED = 3;

/** A WebSocket cannot be held back. One with more messages unread than this is closed. */
const MOST_UNREAD = 1_000;

/** What has come in on a WebSocket. */
class Inbox {
  /** What came while nobody read. */
  readonly unread: unknown[] = [];
  readonly arrivals = new Subject<unknown>();
}

/** A transport over WebSockets. `connect` makes a new one for each attempt. */
export function webSocket<S extends WebSocketLike>(address: string, connect: () => S): Transport<S> {
  const inboxes = new WeakMap<WebSocketLike, Inbox>();

  function inboxOf(socket: WebSocketLike): Inbox {
    const inbox = inboxes.get(socket) ?? new Inbox();
    inboxes.set(socket, inbox);
    return inbox;
  }

  function usable(socket: WebSocketLike, { allowUnread = false }: UsableOptions = {}): boolean {
    return socket.readyState === OPEN && (allowUnread || inboxOf(socket).unread.length === 0);
  }

  function restore(socket: WebSocketLike, options: RestoreOptions = {}): boolean {
    const left = (['onopen', 'onmessage', 'onerror', 'onclose'] as const).filter((name) => socket[name] !== null);
    for (const name of left) socket[name] = null;
    if (left.length > 0) options.left?.(left);
    return usable(socket, options);
  }

  function open(): Observable<S> {
    return new Observable<S>((subscriber) => {
      const socket = connect();
      const { unread, arrivals } = inboxOf(socket);
      socket.addEventListener('open', () => subscriber.next(socket));
      socket.addEventListener('message', ({ data }) => {
        if (arrivals.observed) arrivals.next(data);
        else if (unread.push(data) > MOST_UNREAD) socket.close();
      });
      // The close comes next, and tells it. But an error that nobody listens to would end the process, with `ws`.
      socket.addEventListener('error', () => undefined);
      socket.addEventListener('close', ({ code }) => {
        subscriber.error(new Error(`${address} has closed with ${code}`));
        arrivals.complete(); // not before: who reads is to hear of the loss, and not only of an end
      });
      return () => socket.close();
    });
  }

  return transport<S, unknown>(open, {
    address,
    close: (socket, { force = false } = {}) =>
      new Promise<void>((closed) => {
        if (socket.readyState === CLOSED) closed();
        socket.addEventListener('close', () => closed());
        if (force && socket.terminate !== undefined) socket.terminate();
        else socket.close(1000);
      }),
    data: (socket) =>
      new Observable((subscriber) => {
        const { unread, arrivals } = inboxOf(socket);
        // Whoever takes only the first leaves the rest to the next.
        while (!subscriber.closed && unread.length > 0) subscriber.next(unread.shift());
        subscriber.add(arrivals.subscribe(subscriber));
      }),
    usable,
    restore,
    pending: (socket) => socket.bufferedAmount,
  });
}
