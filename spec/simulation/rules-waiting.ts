import { rule } from './breach.js';
import type { World } from './world.js';

/** Nobody waits for what somebody could have now. */
export function checkServed({ pool, clients, ledger, settings, clock }: World, checking: number): void {
  const waiting = clients.in('waiting');
  for (const { address, idle } of pool.endpoints) {
    const isWanted = idle > 0 && checking === 0 && waiting.some((client) => client.takes(address));
    rule(!isWanted, 'no waiter stays while a connection is idle');
  }
  const { concurrency, maxLifetime, lifetimeJitter, maxUses } = settings.pool;
  if (concurrency === 1) return;
  for (const client of waiting) clients.suspectOthers(client);
  for (const [socket, record] of ledger.sockets) {
    const { size } = clients.holdersOf(socket);
    if (size === 0 || size >= concurrency || record.isForeign || record.isDoomed || record.isSuspicious) continue;
    if (socket.destroyed || !socket.writable || record.isDeafened) continue;
    if (clock.now() >= record.openedAt + maxLifetime * (1 - lifetimeJitter) || maxUses !== Infinity) continue;
    const waits = waiting.find((client) => client.takes(record.address));
    rule(waits === undefined, 'no waiter stays while a connection has room for one more', () => waits?.name ?? '');
  }
}
