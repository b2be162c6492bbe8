import { take } from 'rxjs';
import { ask } from './asking.js';
import { rule } from './breach.js';
import { choose } from './choice.js';
import type { StepKind, StepKinds } from './step-kind.js';
import type { World } from './world.js';

function resize(world: World, a: number, b: number): boolean {
  const { pool, settings, ledger, clients } = world;
  const { maxPerEndpoint, minPerEndpoint } = settings.pool;
  const max = 1 + Math.floor(a * a * 12);
  const min = Math.floor(b * 3);
  // Where endpoints come and go nobody knows how many there will be.
  const isFixed = world.source === undefined;
  const reach = Math.min(max, isFixed ? maxPerEndpoint * settings.endpoints : Infinity);
  const share = Math.min(maxPerEndpoint, isFixed ? Math.floor(max / settings.endpoints) : max);
  const isWrong = min > reach || minPerEndpoint > share;
  const before = pool.stats.max;
  if (!isWrong && !clients.isPoolClosing) ledger.resizing(max);
  let error: unknown;
  try {
    pool.resize({ max, min, ...(a < 0.5 && { reason: 'simulated' }) });
  } catch (thrown) {
    error = thrown;
  }
  rule(isWrong === error instanceof RangeError, 'only sizes that cannot be are refused', () => String(error));
  const isIgnored = isWrong || clients.isPoolClosing;
  rule(pool.stats.max === (isIgnored ? before : max), 'a resize does what it says');
  return !isIgnored;
}

function free({ pool }: World, a: number): boolean {
  const { idle, lent, checking, min } = pool.stats;
  const open = idle + lent + checking;
  const keep = Math.floor(a * 4);
  const closed = pool.free(keep);
  const floor = Math.max(keep, min);
  rule(closed <= idle && (closed === 0 || open - closed >= floor), 'free closes what is idle, and keeps what it says');
  return closed > 0;
}

function retire({ pool, ledger, shared, settings }: World): boolean {
  // Of two pools on the same endpoints it is not known whose a socket is.
  for (const [socket, record] of ledger.sockets) {
    if (shared === undefined && !socket.destroyed) record.isDoomed = true;
    record.isSuspicious = true;
  }
  pool.retire();
  return settings.pool.max > 0;
}

/** Resets one of the slots, or closes it for good. */
function atSlot(how: 'reset' | 'close'): StepKind {
  return ({ pool, ledger, clients }, a, b) => {
    const slot = choose(pool.slots, a);
    if (slot === undefined) return false;
    // Which of the sockets is the slot's is not known.
    for (const record of ledger.sockets.values()) record.isSuspicious = true;
    if (how === 'close') ledger.stories.takeOut(slot.index);
    slot[how]({ force: b < 0.5 });
    clients.forgetTaken();
    return true;
  };
}

export const managements: StepKinds = {
  resize: [2, resize],
  free: [4, free],
  retire: [0.7, retire],
  'reset a slot': [2, atSlot('reset')],
  'close a slot': [0.3, atSlot('close')],
  'borrow at the next event': [
    2,
    (world) => {
      world.watching.add(
        world.pool.events$.pipe(take(1)).subscribe(() => {
          ask(world, 'borrow', undefined);
        }),
      );
      return true;
    },
  ],
};
