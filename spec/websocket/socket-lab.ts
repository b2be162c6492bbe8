import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { webSocket, type WebSocketOptions } from '../../src/websocket/index.js';
import type { Transport } from '../../src/index.js';
import { record, type Recording } from '../endpoint/record.js';
import { FakeWebSocket, ForcibleWebSocket } from './fake-web-socket.js';

export interface SocketLab<S extends FakeWebSocket> {
  readonly sockets: S[];
  readonly clock: VirtualClock;
  readonly feed: Transport<S, string | Uint8Array>;
}

type Options = Partial<WebSocketOptions<FakeWebSocket>>;

/** A transport over sockets that the test holds in its hands, in virtual time. */
export function socketLab(options: Options = {}): SocketLab<FakeWebSocket> {
  return labOf(FakeWebSocket, options);
}

/** The same over sockets that can be closed by force, and can ping. */
export function forcibleLab(options: Options = {}): SocketLab<ForcibleWebSocket> {
  return labOf(ForcibleWebSocket, options);
}

function labOf<S extends FakeWebSocket>(
  Made: new (url: string, protocols: readonly string[], headers: Readonly<Record<string, string>>) => S,
  options: Options,
): SocketLab<S> {
  const sockets: S[] = [];
  const clock = new VirtualClock();
  const feed = webSocket<S>({
    url: 'wss://prices.test/feed',
    clock,
    ...(options as Partial<WebSocketOptions<S>>),
    create: ({ url, protocols, headers }) => {
      const socket = new Made(url, protocols, headers);
      sockets.push(socket);
      return socket;
    },
  });
  return { sockets, clock, feed };
}

/** A connection that is open, what its transport has told of it, and what it brings. */
export function openOn<S extends FakeWebSocket>({
  sockets,
  feed,
}: SocketLab<S>): { readonly socket: S; readonly life: Recording<S>; readonly heard: Recording<string | Uint8Array> } {
  const life = record(feed.open());
  const socket = sockets.at(-1)!;
  socket.accept();
  return { socket, life, heard: record(feed.data(socket)) };
}
