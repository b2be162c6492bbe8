import { rule } from './breach.js';
import type { PoolStats } from '../../src/index.js';
import { checkBudget, checkEvictions } from './rules-budget.js';
import { checkMany, checkTrials } from './rules-many.js';
import { checkRoom, checkServed } from './rules-waiting.js';
import type { World } from './world.js';

/** Everything that must hold between two steps, whatever has happened; some of it only once nothing is about to happen. */
export function checkRules(world: World, isAtRest: boolean): void {
  const { stats } = world.pool;
  world.clients.forgetLost();
  checkOwnership(world, stats);
  world.clients.check(stats);
  world.ledger.check(stats);
  checkEndpoints(world, stats);
  checkTimers(world, stats);
  checkSurplus(world, stats);
  checkBudget(world);
  checkMany(world);
  if (isAtRest) {
    checkTrials(world);
    checkEvictions(world, stats);
    checkRest(world, stats);
  }
}

/** Every socket is counted from the start of dialling until it has closed. */
function checkOwnership({ network, ledger, shared }: World, stats: PoolStats): void {
  const owned = stats.owned + (shared?.neighbour?.pool.stats.owned ?? 0);
  let alive = 0;
  let notClosed = 0;
  for (const socket of network.sockets) {
    const record = ledger.sockets.get(socket);
    if (record?.isForeign === true) continue;
    notClosed++;
    if (record !== undefined || !socket.destroyed) alive++;
  }
  rule(
    alive <= owned && owned <= notClosed,
    'what is owned is what there is',
    () => `${owned} owned, ${alive} to ${notClosed} there`,
  );
}

/** After `max` has been made smaller, nothing beyond it is kept once nobody has it. */
function checkSurplus({ settings }: World, { idle, lent, checking, connecting, max }: PoolStats): void {
  if (settings.pool.minPerEndpoint > 0 || idle === 0) return;
  rule(idle + lent + checking + connecting <= max, 'nothing stays idle beyond max');
}

function checkEndpoints(world: World, stats: PoolStats): void {
  const { pool, settings, clients, ledger, shared } = world;
  const { waiting, checking, owned, max, connecting } = stats;
  const { maxPerEndpoint, maxConnecting } = settings.pool;
  const { endpoints } = pool;
  for (const one of endpoints) {
    rule(one.connecting + one.open + one.closing <= maxPerEndpoint, 'at most maxPerEndpoint is owned');
    rule(one.connecting <= maxConnecting, 'at most maxConnecting attempts at once');
  }
  if (waiting === 0) return;
  rule(!clients.isPoolClosing, 'nobody waits for a pool that closes');
  checkServed(world, stats);
  checkRoom(world, stats);
  // A single endpoint with nothing against it has no reason not to be dialled, unless there is no permit for it.
  const [only, ...others] = endpoints;
  if (only === undefined || others.length > 0 || settings.ownEndpoints || settings.many?.connectRate) return;
  // Workers that wait for leave are not known.
  const parked = world.limits === undefined ? 0 : waiting - clients.in('waiting', ({ isParked }) => !isParked).length;
  const isWell = only.status.error === undefined && (only.status.state === 'up' || only.status.state === 'idle');
  const out = pool.slots.filter(({ index, state }) => state === 'empty' && ledger.stories.isOut(index)).length;
  const room = Math.min(max - out, maxPerEndpoint) - owned;
  const isShort = shared !== undefined && shared.budget.picture.used === shared.budget.picture.limit;
  rule(
    !isWell || isShort || room <= 0 || connecting + checking >= Math.min(waiting - parked, maxConnecting),
    'no waiter stays while there is room for a connection',
    () => `${waiting} wait, ${connecting} connecting, room for ${room}`,
  );
}

/** One timer serves all borrowers. */
function checkTimers(
  { poolClock, limitClock, source, ledger, hosts, watching, gettingReady }: World,
  { owned }: PoolStats,
): void {
  const own = source === undefined ? 2 : 3;
  const most = own + watching.size + gettingReady + 2 * owned + 4 * Math.max(hosts.length, ledger.books.count);
  rule(limitClock.size <= 1 && !limitClock.keepsAlive, 'one timer serves all keys, and keeps no process alive');
  rule(poolClock.size <= most, 'no timer for each borrower', () => `${poolClock.size} timers, at most ${most}`);
}

/** An idle pool does not keep the process alive. */
function checkRest(world: World, stats: PoolStats): void {
  const { poolClock, clients, ledger, settings, shared } = world;
  const { waiting, lent, closing, connecting, checking } = stats;
  if (waiting + lent + closing > 0 || clients.isPoolClosing) return;
  const next = shared?.neighbour?.pool.stats;
  const isNextIdle = next === undefined || next.idle === next.owned;
  for (const [socket, { isForeign, isAllocated }] of ledger.sockets) {
    if (connecting + checking > 0 || !isNextIdle) break;
    rule(
      isForeign || isAllocated || !socket.hasRef() || socket.destroyed,
      'idle sockets do not keep the process alive',
    );
  }
  // An endpoint that the user has made keeps its own time.
  if (!settings.ownEndpoints && connecting + checking === 0 && world.gettingReady === 0) {
    rule(!poolClock.keepsAlive, 'timers of an idle pool do not keep the process alive');
  }
}
