import type { ServerConfig, SimulatedSocket } from '../../src/testing/index.js';
import { createNetwork, VirtualClock } from '../../src/testing/index.js';

/** Both ends of a simulated connection, and the clock that moves what is between them. */
export interface Ends {
  readonly clock: VirtualClock;
  readonly client: SimulatedSocket;
  readonly server: SimulatedSocket;
}

/** Two sockets that are connected. The server's end reads nothing by itself. */
export function connect(config: ServerConfig = {}): Ends {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  let server: SimulatedSocket | undefined;
  const accept = (socket: SimulatedSocket): void => {
    server = socket;
    socket.on('error', () => {});
  };
  network.listen('server:7', accept, config);
  const client = network.connect('server:7');
  clock.advance(10);
  return { clock, client, server: server! };
}

/** All that whoever reads or writes next would notice. */
export function look(socket: SimulatedSocket): object {
  return {
    flowing: socket.readableFlowing,
    paused: socket.isPaused(),
    corked: socket.writableCorked,
    listeners: socket.eventNames().map((name) => [name, socket.listenerCount(name)]),
  };
}

export function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString();
}

/** As many bytes as are asked for, none like its neighbour. */
export function bytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 251));
}

/** The sizes of the pieces that are taken out of a socket from now on. */
export function watchTaken(socket: SimulatedSocket): number[] {
  const sizes: number[] = [];
  const read = socket.read.bind(socket);
  socket.read = (size) => {
    const piece = read(size);
    if (piece !== null) sizes.push(piece.length);
    return piece;
  };
  return sizes;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
