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
export function compare({ stock, recorder, waiting, loans }: PoolCore<Thing>, { slots, queue, totals }: Referee): void {
  const { table } = stock;
  const owned = table.slots.filter(({ state }) => state !== table.empty);
  const told = owned.map(({ index, state, endpoint, connection, leases }) => ({
    ...{ index, state: state.name, endpoint: endpoint.order, name: connection?.name ?? '' },
    leases: Math.max(leases, state === table.lent ? 1 : 0),
  }));
  const known = slots.map(({ index, state, endpoint, name, loans: { length } }) => ({
    ...{ index, state, endpoint, name, leases: length },
  }));
  known.sort((a, b) => a.index - b.index);
  same(told, known, 'slots');
  for (const [i, { index }] of table.slots.entries()) same(index, i, 'index');
  for (const state of ['connecting', 'idle', 'lent', 'checking', 'closing'] as const) {
    same(table[state].size, slots.filter((slot) => slot.state === state).length, state);
  }
  same(waiting, queue.length, 'waiting');
  const { released, destroyed, detached, lostLent } = recorder.totals;
  const borrowed = loans.time.count + released + destroyed + detached + lostLent;
  same({ ...recorder.totals, borrowed }, totals, 'totals');
}

/** Those in the queue, in the order in which they are linked: a line for each priority and each wish for an endpoint. */
export function compareQueue(waiters: readonly ModelledWaiter[], { queue }: Referee): void {
  const lines: number[][] = [];
  for (const head of waiters.filter(({ lane, before }) => lane !== undefined && before === undefined)) {
    const linked: number[] = [];
    let waiter: unknown = head;
    for (; waiter instanceof ModelledWaiter && !linked.includes(waiter.id); waiter = waiter.after)
      linked.push(waiter.id);
    lines.push(linked);
  }
  const known = new Map<string, number[]>();
  for (const { id, priority, endpoint } of queue) {
    const wish = `${priority} ${endpoint ?? 'any'}`;
    known.set(wish, [...(known.get(wish) ?? []), id]);
  }
  same(lines, [...known.values()], 'queue');
}

/** As many of each type as there are in the totals, and the reason of each close. A loss is one event, lent or not. */
export function compareEvents(events: readonly PoolEvent[], { totals, reasons, leaks }: Referee): void {
  const counts = Object.fromEntries(Object.keys(totals).map((type) => [type, 0]));
  for (const { type } of events) if (type in counts) counts[type]!++;
  same(counts, { ...totals, lostLent: 0 }, 'events');
  const told = events.flatMap((event) => (event.type === 'closed' ? [event.reason] : []));
  same(told, reasons, 'reasons');
  const leaked = events.flatMap((event) => (event.type === 'leaked' ? [event.reason] : []));
  const held = leaked.filter((reason) => reason === 'held').length;
  same({ held, collected: leaked.length - held }, leaks, 'leaks');
}
