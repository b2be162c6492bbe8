import { LeaseEndedError } from '../../src/index.js';
import { rule } from './breach.js';
import { choose } from './choice.js';
import type { SimulatedLease } from './client.js';
import type { StepKind, StepKinds } from './step-kind.js';
import type { World } from './world.js';

/** Ends one of the loans that are in the hands of somebody. */
function end(how: (lease: SimulatedLease, world: World) => void, dooms = true): StepKind {
  return (world, a) => {
    const client = choose(
      world.clients.in('holding', ({ isRunning }) => !isRunning),
      a,
    );
    if (client === undefined) return false;
    const { socket } = client;
    const isLost = socket === undefined || world.ledger.sockets.get(socket)?.hasClosed !== false;
    const lease = world.clients.ending(client);
    if (lease === undefined) return false;
    if (isLost) world.tally.add('a loan ended after its loss');
    const record = socket && world.ledger.sockets.get(socket);
    if (record !== undefined && dooms) record.isDoomed = true;
    how(lease, world);
    world.endedLeases.push(lease);
    if (world.endedLeases.length > 10) world.endedLeases.shift();
    return true;
  };
}

const detach = end((lease, world) => {
  const socket = lease.detach();
  const record = world.ledger.sockets.get(socket);
  if (record !== undefined) record.isForeign = true;
  world.foreign.push(socket);
});

/** What others have, too, cannot be taken away from them. */
function detachInVain(lease: SimulatedLease, { tally }: World): true {
  tally.add('a shared socket is not detached');
  let error: unknown;
  try {
    lease.detach();
  } catch (thrown) {
    error = thrown;
  }
  rule(error instanceof TypeError && !lease.isOver, 'what others have is not detached');
  return true;
}

export const endings: StepKinds = {
  release: [40, end((lease) => lease.release(), false)],
  destroy: [5, end((lease) => lease.destroy())],
  'destroy with an error': [2, end((lease) => lease.destroy(new Error('broken')))],
  'destroy what others have, too': [
    2,
    end((lease, world) => {
      lease.destroy(undefined, { now: true });
      world.clients.forgetTaken();
    }),
  ],
  'unsubscribe a lease': [2, end((lease) => lease.unsubscribe())],
  'dispose of a lease': [2, end((lease) => lease[Symbol.dispose]())],
  detach: [
    3,
    (world, a, b) => {
      const client = choose(
        world.clients.in('holding', ({ isRunning, lease }) => !isRunning && lease !== undefined),
        a,
      );
      if (client?.lease === undefined) return false;
      const isShared = world.clients.holdersOf(client.socket).size > 1;
      return isShared ? detachInVain(client.lease, world) : detach(world, a, b);
    },
  ],
  'end a loan again': [
    4,
    (world, a, b) => {
      const lease = choose(world.endedLeases, a);
      if (lease === undefined) return false;
      const before = JSON.stringify(world.pool.slots.map(({ state }) => state));
      if (b < 0.5) lease.release();
      else lease.destroy();
      let error: unknown;
      try {
        rule(lease.socket === undefined, 'an ended lease has no socket');
      } catch (thrown) {
        error = thrown;
      }
      rule(error instanceof LeaseEndedError, 'an ended lease has no socket');
      rule(before === JSON.stringify(world.pool.slots.map(({ state }) => state)), 'an ended lease changes nothing');
      return true;
    },
  ],
  'abandon a use': [
    5,
    (world, a) => {
      const client = choose(
        world.clients.in('holding', ({ isRunning, subscription }) => isRunning && subscription !== undefined),
        a,
      );
      if (client === undefined) return false;
      world.clients.ending(client);
      client.subscription?.unsubscribe();
      return true;
    },
  ],
  'close what was detached': [
    2,
    (world, a) => {
      const socket = choose(world.foreign, a);
      if (socket === undefined) return false;
      world.foreign.splice(world.foreign.indexOf(socket), 1);
      socket.destroy();
      return true;
    },
  ],
};
