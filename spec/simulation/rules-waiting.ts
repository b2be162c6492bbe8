import type { PoolStats } from '../../src/index.js';
import { hasScope } from './balances.js';
import { rule } from './breach.js';
import { isEjected, isGood } from './rules-choice.js';
import type { Client } from './client.js';
import type { World } from './world.js';

/** Nobody waits for what somebody could have now. */
export function checkServed(world: World, { checking, connecting, closing }: PoolStats): void {
  const { pool, clients, ledger, settings, clock } = world;
  const waiting = clients.in('waiting', ({ isParked, isLocated }) => !isParked && !isLocated);
  // What is not to be used but in need is lent when nothing else is on its way.
  const isInNeed = !hasScope(settings.many?.balance) || connecting + checking + closing === 0;
  const isFor = (address: string, client: Client): boolean =>
    client.takes(address) && !(client.takesAny && (!isInNeed || isEjected(world, address)));
  for (const { address, idle } of pool.endpoints) {
    const isWanted = idle > 0 && checking === 0 && waiting.some((client) => isFor(address, client));
    rule(!isWanted, 'no waiter stays while a connection is idle');
  }
  checkLocated(world, checking);
  const { concurrency, maxLifetime, lifetimeJitter, maxUses } = settings.pool;
  if (concurrency === 1) return;
  for (const client of clients.in('waiting')) clients.suspectOthers(client);
  for (const [socket, record] of ledger.sockets) {
    const { size } = clients.holdersOf(socket);
    if (size === 0 || size >= concurrency || record.isForeign || record.isDoomed || record.isSuspicious) continue;
    if (socket.destroyed || !socket.writable || record.isDeafened || isEjected(world, record.address)) continue;
    if (clock.now() >= record.openedAt + maxLifetime * (1 - lifetimeJitter) || maxUses !== Infinity) continue;
    const waits = waiting.find((client) => client.takes(record.address));
    rule(waits === undefined, 'no waiter stays while a connection has room for one more', () => waits?.name ?? '');
  }
}

/** Whoever has a key waits for one of the good endpoints, or of all where none is good, and for no other. */
function checkLocated({ pool, clients }: World, checking: number): void {
  const good = pool.endpoints.filter(isGood);
  const homes = good.length > 0 ? good : pool.endpoints;
  const isEachIdle = homes.length > 0 && checking === 0 && homes.every(({ idle }) => idle > 0);
  const waits = clients.in('waiting', ({ isParked, isLocated }) => isLocated && !isParked)[0];
  rule(
    !isEachIdle || waits === undefined,
    'no key waits while each endpoint has an idle connection',
    () => waits?.name ?? '',
  );
}

/** Where nothing is against any of several endpoints, whoever waits has a connection on its way if there is room. */
export function checkRoom({ pool, clients, settings, shared, source, ledger }: World, stats: PoolStats): void {
  const { many } = settings;
  const { maxPerEndpoint, minPerEndpoint } = settings.pool;
  const { endpoints } = pool;
  if (many === undefined || endpoints.length === 0 || many.connectRate !== undefined || shared !== undefined) return;
  if (minPerEndpoint > 0 || settings.ownEndpoints || ledger.stories.hasClosedSlots) return;
  const isWell = endpoints.every(({ state, status, connecting, open, closing }) => {
    const hasRoom = connecting + open + closing < maxPerEndpoint;
    return hasRoom && status.error === undefined && (state === 'up' || state === 'idle');
  });
  const waits = clients.in('waiting', ({ isParked, face }) => !isParked && face !== 'worker')[0];
  const { owned, max, connecting, checking } = stats;
  const isServed = waits === undefined || connecting + checking > 0;
  const where = source === undefined ? 'of several endpoints' : 'of endpoints that come and go';
  rule(
    !isWell || owned >= max || isServed,
    `no waiter stays while there is room for a connection ${where}`,
    () => waits?.name ?? '',
  );
}
