import { createPool, type Transport } from 'rxpool';
import { socketIo, type SocketIoEvent } from 'rxpool/socket-io';
import { io, type Socket } from 'socket.io-client';
import { describe, expectTypeOf, it } from 'vitest';

interface FromServer {
  joined(name: string, count: number): void;
}
interface ToServer {
  list(answer: (names: string[]) => void): void;
}

describe('the types of Socket.IO', () => {
  it('are those of the io that is injected', () => {
    const chat = socketIo({ io, url: 'http://chat.test' });
    expectTypeOf(chat).toEqualTypeOf<Transport<Socket, SocketIoEvent>>();
  });

  it('may tell the events', () => {
    const typed = (...args: [string, object]): Socket<FromServer, ToServer> => io(...args);
    const pool = createPool(socketIo({ io: typed, url: 'http://chat.test' }));
    expectTypeOf(pool.run(async (socket) => socket.emitWithAck('list'))).resolves.toEqualTypeOf<string[]>();
  });
});
