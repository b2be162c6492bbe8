import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';

/**
 * The open connection with the fewest bytes waiting to be written, and among equals with the fewest loans; idle ones in turn. Whatever is met
 * that is not usable is closed.
 */
export function healthiest<C>(
  stock: Stock<C>,
  host: PoolHost<C>,
  now: number,
  only: PooledEndpoint<C> | undefined,
): Slot<C> | undefined {
  for (let best = find(stock, host, now, only); best !== undefined; best = find(stock, host, now, only)) {
    if (best.state === stock.table.lent) return best;
    const { connection } = best;
    if (host.look(best) && best.connection === connection && best.state === stock.table.idle) {
      // Whoever uses it is not known to the pool, so its idle time counts from here.
      best.endpoint.idle.remove(best);
      best.idleSince = now;
      best.allocations = ++stock.allocations;
      best.endpoint.idle.add(best);
      return best;
    }
    if (best.state === stock.table.idle && best.connection === connection) stock.shut(best, 'unhealthy');
  }
  return undefined;
}

function find<C>(
  { table, lender }: Stock<C>,
  host: PoolHost<C>,
  now: number,
  only: PooledEndpoint<C> | undefined,
): Slot<C> | undefined {
  let best: Slot<C> | undefined;
  let least = Infinity;
  for (const { idle } of only === undefined ? table.endpoints : [only]) {
    for (const slot of idle.each()) {
      const pending = lender.endOf(slot, now) === undefined ? host.pending(slot) : Infinity;
      if (pending < least || (pending === least && best !== undefined && isBefore(slot, best))) {
        best = slot;
        least = pending;
      }
      // Those behind it have been used later.
      if (pending === 0) break;
    }
  }
  if (least === 0) return best;
  for (const slot of table.slots) {
    if (slot.state !== table.lent || now >= slot.expiresAt || (only ?? slot.endpoint) !== slot.endpoint) continue;
    const pending = host.pending(slot);
    if (pending < least || (pending === least && best !== undefined && slot.leases < best.leases)) {
      best = slot;
      least = pending;
    }
  }
  return best;
}

/** Whether nobody has used it for longer; of those used in the same ms, the one given out earlier. */
function isBefore<C>(a: Slot<C>, b: Slot<C>): boolean {
  return a.idleSince < b.idleSince || (a.idleSince === b.idleSince && a.allocations < b.allocations);
}
