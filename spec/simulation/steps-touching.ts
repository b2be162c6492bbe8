import { choose } from './choice.js';
import type { SimulatedLease } from './client.js';
import type { StepKind, StepKinds } from './step-kind.js';
import type { World } from './world.js';
import type { SimulatedSocket } from '../../src/testing/index.js';

/** Does something to a socket that is lent. */
function touch(how: (socket: SimulatedSocket, lease: SimulatedLease, world: World) => void): StepKind {
  return (world, a) => {
    const client = choose(
      world.clients.in('holding', ({ socket }) => socket !== undefined && !socket.destroyed),
      a,
    );
    if (client?.lease === undefined || client.socket === undefined) return false;
    how(client.socket, client.lease, world);
    return true;
  };
}

const nothing = (): void => undefined;

export const touches: StepKinds = {
  write: [8, touch((socket) => void socket.write('question'))],
  'write a lot': [2, touch((socket) => void socket.write(Buffer.alloc(40_000)))],
  'read by data$': [5, touch((_socket, lease) => void lease.data$.subscribe({ error: nothing }))],
  'watch for the loss': [5, touch((_socket, lease) => void lease.lost$.subscribe())],
  'leave a data listener': [3, touch((socket) => void socket.on('data', nothing))],
  'leave other listeners': [
    3,
    touch((socket) => void socket.on('close', nothing).on('error', nothing).once('drain', nothing)),
  ],
  pause: [2, touch((socket) => void socket.pause())],
  resume: [2, touch((socket) => void socket.resume())],
  'read in paused mode': [2, touch((socket) => void socket.on('readable', () => socket.read()))],
  'set a timeout': [2, touch((socket) => void socket.setTimeout(70, nothing))],
  'set an encoding': [1, touch((socket) => void socket.setEncoding('utf8'))],
  cork: [1, touch((socket) => socket.cork())],
  unref: [1, touch((socket) => void socket.unref())],
  'end a lent socket': [2, touch((socket) => void socket.end())],
  'destroy a lent socket': [2, touch((socket) => void socket.destroy())],
  'take the error listeners away': [
    1,
    touch((socket, _lease, world) => {
      const record = world.ledger.of(socket);
      record.isDeafened = true;
      socket.removeAllListeners('error');
      // The borrower has taken it upon itself.
      socket.on('error', nothing);
    }),
  ],
};
