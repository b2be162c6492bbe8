import { expect, it } from 'vitest';
import { IdleSet } from '../../src/pool/idle-set.js';
import { PooledEndpoint } from '../../src/pool/pooled-endpoint.js';
import { SlotState } from '../../src/pool/slot-state.js';
import { Slot } from '../../src/pool/slot.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

function fill(set: IdleSet<string>, count: number): Slot<string>[] {
  const endpoint = new PooledEndpoint<string>(0, 'here', 'lifo', new VirtualClock());
  const idle = new SlotState('idle', true);
  const slots = Array.from({ length: count }, (_, index) => new Slot<string>(index, endpoint, idle));
  for (const slot of slots) set.add(slot);
  return slots;
}

it.each([
  { lost: 0, others: [1, 2] },
  { lost: 1, others: [0, 2] },
  { lost: 2, others: [0, 1] },
])('number $lost of three idle slots is no longer among them when it is lost', ({ lost, others }) => {
  const set = new IdleSet<string>('fifo');
  const slots = fill(set, 3);
  set.remove(slots[lost]!);

  expect(set.snapshot().map(({ index }) => index)).toEqual(others);
  expect(set.oldest?.index).toBe(others[0]);
  expect(set.newest(() => true)?.index).toBe(others[1]);
});

it('a slot that is not among the idle ones takes nobody along', () => {
  const set = new IdleSet<string>('lifo');
  const [, last] = fill(set, 2);
  expect(set.take()).toBe(last);
  set.remove(last!);

  expect(set.size).toBe(1);
});

it('tells when there is an idle slot after there was none, and when there is none any more', () => {
  const told: number[] = [];
  const set: IdleSet<string> = new IdleSet('lifo', { changed: () => told.push(set.size) });
  const [lost, taken] = fill(set, 2);
  expect(told).toEqual([1]);
  set.remove(lost!);
  set.take();
  expect(told).toEqual([1, 0]);
  set.putBack(taken!);
  expect(told).toEqual([1, 0, 1]);
  set.remove(taken!);
  expect(told).toEqual([1, 0, 1, 0]);
});
