import { getEventListeners } from 'node:events';
import type { CloseConfig } from '../../src/index.js';
import { rule } from './breach.js';
import { closePool } from './closing.js';
import type { World } from './world.js';

const CLOSES: readonly CloseConfig[] = [{}, { timeout: 50 }, { borrowed: 'leave' }, { borrowed: 'destroy' }];

/** Longer than anything here takes. */
const FOREVER = 500_000;

/** Ends a run: the network is well again, the pool closes, everybody goes home. Then nothing must be left. */
export async function finish(world: World): Promise<void> {
  const { clients, clock, hosts, watching, foreign, random } = world;
  for (const host of hosts) {
    host.accept = 'accept';
    host.isMute = false;
    host.isBad = false;
    host.server.listen();
    host.server.heal();
    for (const socket of host.server.sockets) socket.resume();
  }
  for (const one of watching) one.unsubscribe();
  if (random.next() < 0.5) endLoans(world);
  world.shared?.stop();
  const next = world.shared?.neighbour;
  void next?.pool.close({ borrowed: 'destroy' });
  closePool(world, random.pick(CLOSES) ?? {});
  await clock.advanceAsync(1_000);
  endLoans(world);
  for (const socket of foreign) socket.destroy();
  await clock.advanceAsync(FOREVER);
  clients.forgetLost();
  checkNothingIsLeft(world);
  world.ledger.stop();
}

/** Everybody who holds a socket lets go of it. */
function endLoans({ clients, home }: World): void {
  home.next();
  for (const client of clients.in('holding')) {
    if (!client.isRunning) clients.ending(client)?.release();
    else if (client.subscription !== undefined) {
      clients.ending(client);
      client.subscription.unsubscribe();
    }
  }
}

function checkNothingIsLeft(world: World): void {
  const { pool, clients, clock, network, hosts, ledger, reports, shared, handlers, signals } = world;
  const { stats } = pool;
  rule(stats.owned === 0, 'after close nothing is owned', () => `${stats.owned} owned`);
  rule(stats.waiting === 0, 'after close nobody waits');
  const unsettled = [...clients.active].filter(({ state }) => state !== 'over');
  rule(unsettled.length === 0, 'every borrow is settled', () =>
    unsettled.map(({ name, state }) => `${name} ${state}`).join(),
  );
  rule(clock.pending === 0, 'no timer is left', () => `${clock.pending} left`);
  rule(network.sockets.size === 0, 'no socket is left open', () => `${network.sockets.size} left`);
  rule(
    hosts.every(({ server }) => server.sockets.size === 0),
    'no socket is left open at a server',
  );
  rule(
    reports.length > 0 && reports.every((one) => JSON.stringify(one) === JSON.stringify(reports[0])),
    'each close gets the same report',
  );
  rule(ledger.completed === 2, 'streams complete when the pool has closed', () => `${ledger.completed} of 2`);
  rule(shared?.neighbour?.isDone !== false, 'the other pool has closed, and has told everybody');
  shared?.check(0, 0);
  world.limits?.checkNothingIsLeft();
  world.source?.checkIsLeft();
  rule((shared?.budget.picture.members.length ?? 0) === 0, 'who has closed takes no part in a budget');
  rule(handlers.open === 0, 'each handler has heard of each loss', () => `${handlers.open} have not`);
  const listeners = signals.flatMap(({ signal }) => getEventListeners(signal, 'abort'));
  rule(listeners.length === 0, 'no listener is left on a signal');
  const { opened, closed, lost, detached, borrowed, released, destroyed, lostLent } = stats;
  rule(opened === closed + lost + ledger.stories.detached, 'every connection ends once');
  rule(borrowed === released + destroyed + detached + lostLent, 'every loan ends once');
  const { queued } = stats;
  rule(queued >= stats.timedOut + stats.cancelled, 'who leaves the queue was in it');
  ledger.check(stats);
}
