import type { Budget, PoolStats } from '../../src/index.js';
import { hasKeys, hasScope } from './balances.js';
import { rule } from './breach.js';
import type { ManySettings } from './settings-many.js';
import type { World } from './world.js';

/** Each socket has a permit from before dialling until it has closed, also one that is no longer its pool's. */
export function checkBudget({ network, ledger, shared }: World): void {
  let alive = 0;
  for (const socket of network.sockets) if (ledger.sockets.has(socket) || !socket.destroyed) alive++;
  shared?.check(alive, network.sockets.size);
}

/** Whoever waits for a permit has an idle connection closed for it, of whichever pool. */
export function checkEvictions({ shared, pool, settings, ledger }: World, stats: PoolStats): void {
  if (shared?.neighbour === undefined || (settings.many !== undefined && isChoosy(settings.many))) return;
  const other = shared.neighbour.pool;
  const { maxPerEndpoint, minPerEndpoint } = settings.pool;
  const isWanted =
    (asksUrgently(shared.budget, pool, maxPerEndpoint) && minPerEndpoint === 0 && !ledger.stories.hasClosedSlots) ||
    asksUrgently(shared.budget, other, other.stats.max);
  const idle = stats.idle + other.stats.idle;
  rule(
    !isWanted || idle === 0 || stats.closing + other.stats.closing > 0,
    'nobody waits for a permit that an idle connection has',
    () => `${stats.idle} idle here, ${other.stats.idle} there`,
  );
}

/** Whether somebody may wait for something else than a permit, or want what nobody else does. */
function isChoosy({ balance, ejection, quota, rate, connectRate }: ManySettings): boolean {
  const isLimited = quota !== Infinity || rate !== undefined || connectRate !== undefined;
  return isLimited || ejection !== undefined || hasKeys(balance) || hasScope(balance);
}

/** Whether nothing but a permit is missing for those who wait. Of an endpoint in its backoff none is asked for urgently. */
function asksUrgently({ picture }: Budget, { name, stats, endpoints }: World['pool'], maxPerEndpoint: number): boolean {
  const { waiting, owned, max, connecting, checking } = stats;
  return (
    picture.members.some((one) => one.name === name && one.waiting > 0) &&
    waiting > connecting + checking &&
    owned < max &&
    endpoints.every(
      ({ status, open, closing, connecting: dialling }) =>
        status.error === undefined && open + closing + dialling < maxPerEndpoint,
    )
  );
}
