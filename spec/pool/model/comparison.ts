import { isDeepStrictEqual } from 'node:util';
import type { PoolEvent } from '../../../src/pool/events.js';
import type { PoolCore } from '../../../src/pool/pool-core.js';
import type { Thing } from '../core-lab.js';
import { ModelledWaiter } from './modelled-waiter.js';
import type { Referee } from './referee.js';

export function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`breach: ${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** Core and model say the same of every slot, of the queue and of the totals. */
export function compare({ stock, recorder, waiting }: PoolCore<Thing>, { slots, queue, totals }: Referee): void {
  const { table } = stock;
  const owned = table.slots.filter(({ state }) => state !== table.empty);
  const told = owned.map(({ index, state, endpoint, connection }) => ({
    ...{ index, state: state.name, endpoint: endpoint.index, name: connection?.name ?? '' },
  }));
  const known = slots.map(({ index, state, endpoint, name }) => ({ index, state, endpoint, name }));
  known.sort((a, b) => a.index - b.index);
  same(told, known, 'slots');
  for (const [i, { index }] of table.slots.entries()) same(index, i, 'index');
  for (const state of ['connecting', 'idle', 'lent', 'checking', 'closing'] as const) {
    same(table[state].size, slots.filter((slot) => slot.state === state).length, state);
  }
  same(waiting, queue.length, 'waiting');
  const { released, destroyed, detached, lostLent } = recorder.totals;
  const borrowed = table.lent.size + released + destroyed + detached + lostLent;
  same({ ...recorder.totals, borrowed }, totals, 'totals');
}

/** Those in the queue, in the order in which they are linked. */
export function compareQueue(waiters: readonly ModelledWaiter[], { queue }: Referee): void {
  const linked: number[] = [];
  let waiter: unknown = waiters.find(({ queued, before }) => queued && before === undefined);
  for (; waiter instanceof ModelledWaiter && !linked.includes(waiter.id); waiter = waiter.after) linked.push(waiter.id);
  const ids = queue.map(({ id }) => id);
  same(linked, ids, 'queue');
}

/** As many of each type as there are in the totals, and the reason of each close. A loss is one event, lent or not. */
export function compareEvents(events: readonly PoolEvent[], { totals, reasons }: Referee): void {
  const counts = Object.fromEntries(Object.keys(totals).map((type) => [type, 0]));
  for (const { type } of events) if (type in counts) counts[type]!++;
  same(counts, { ...totals, lostLent: 0 }, 'events');
  const told = events.flatMap((event) => (event.type === 'closed' ? [event.reason] : []));
  same(told, reasons, 'reasons');
}
