import type { Transport } from '../../src/index.js';
import { socketIo, type SocketIoEvent, type SocketIoOptions } from '../../src/socket-io/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record, type Recording } from '../endpoint/record.js';
import { FakeSocketIo } from './fake-socket-io.js';

export interface SocketIoLab {
  readonly sockets: FakeSocketIo[];
  readonly clock: VirtualClock;
  readonly chat: Transport<FakeSocketIo, SocketIoEvent>;
}

/** A transport over sockets that the test holds in its hands, in virtual time. */
export function socketIoLab(options: Partial<SocketIoOptions<FakeSocketIo>> = {}): SocketIoLab {
  const sockets: FakeSocketIo[] = [];
  const clock = new VirtualClock();
  const chat = socketIo({
    io: (url, settings) => {
      const socket = new FakeSocketIo(url, settings);
      sockets.push(socket);
      return socket;
    },
    url: 'https://chat.test/rooms',
    clock,
    ...options,
  });
  return { sockets, clock, chat };
}

/** A connection, what its transport has told of it, and what it brings. */
export function connectOn({ sockets, chat }: SocketIoLab): {
  readonly socket: FakeSocketIo;
  readonly life: Recording<FakeSocketIo>;
  readonly heard: Recording<SocketIoEvent>;
} {
  const life = record(chat.open());
  const socket = sockets.at(-1)!;
  socket.accept();
  return { socket, life, heard: record(chat.data(socket)) };
}
