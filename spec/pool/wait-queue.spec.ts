import { describe, expect, it } from 'vitest';
import { WaitQueue } from '../../src/pool/wait-queue.js';
import type { Waiter } from '../../src/pool/waiter.js';
import { PooledEndpoint } from '../../src/pool/pooled-endpoint.js';
import { CountingWaiter, type Thing } from './core-lab.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

/** Puts so many waiters into the queue, all with one timeout. */
function fill(queue: WaitQueue<Thing>, count: number, timeout = Infinity): CountingWaiter[] {
  const waiters = Array.from({ length: count }, () => new CountingWaiter());
  for (const waiter of waiters) queue.push(waiter, 0, timeout);
  return waiters;
}

/** Takes out whoever is next in line. */
function serve(queue: WaitQueue<Thing>): Waiter<Thing> | undefined {
  const first = queue.firstFor(new PooledEndpoint(0, 'here', 'lifo', new VirtualClock()));
  if (first !== undefined) queue.remove(first, 0);
  return first;
}

/** Takes out all of them, and tells which: waiters look all the same. The bound keeps a ring from hanging the test. */
function drain(take: () => unknown, waiters: readonly CountingWaiter[]): number[] {
  const order: unknown[] = [];
  for (let waiter = take(); waiter !== undefined && order.length < 10; waiter = take()) order.push(waiter);
  return order.map((waiter) => waiters.findIndex((one) => one === waiter));
}

/** Who is left of three when one has gone. */
const LEAVING = [
  { left: 0, others: [1, 2] },
  { left: 1, others: [0, 2] },
  { left: 2, others: [0, 1] },
];

describe('the wait queue', () => {
  it.each(LEAVING)('keeps all others in their order when number $left of three leaves', ({ left, others }) => {
    const queue = new WaitQueue<Thing>(0);
    const waiters = fill(queue, 3);
    expect(queue.remove(waiters[left]!, 0)).toBe(true);
    expect(queue.size).toBe(2);

    expect(drain(() => serve(queue), waiters)).toEqual(others);
  });

  it.each(LEAVING)('has number $left of three at the end when it leaves and comes again', ({ left, others }) => {
    const queue = new WaitQueue<Thing>(0);
    const waiters = fill(queue, 3);
    queue.remove(waiters[left]!, 0);
    queue.push(waiters[left]!, 0, Infinity);

    expect(drain(() => serve(queue), waiters)).toEqual([...others, left]);
    expect(queue.size).toBe(0);
  });

  it('takes whoever comes after the last one has left', () => {
    const queue = new WaitQueue<Thing>(0);
    const [, last] = fill(queue, 2);
    queue.remove(last!, 0);
    const [newcomer] = fill(queue, 1);
    serve(queue);

    expect(serve(queue)).toBe(newcomer);
  });

  it('leaves alone whoever is not in it', () => {
    const queue = new WaitQueue<Thing>(0);
    const [served] = fill(queue, 2);
    serve(queue);

    expect(queue.remove(served!, 0)).toBe(false);
    expect(queue.size).toBe(1);
  });
});

describe('the deadlines of the wait queue', () => {
  it.each(LEAVING)('are those of the others when number $left of three has left', ({ left, others }) => {
    const queue = new WaitQueue<Thing>(0);
    const waiters = fill(queue, 3, 50);
    queue.remove(waiters[left]!, 0);

    expect(drain(() => firstExpired(queue, 50), waiters)).toEqual(others);
  });

  it('are not those of whoever has been served', () => {
    const queue = new WaitQueue<Thing>(0);
    fill(queue, 1, 50);
    serve(queue);

    expect(queue.nextDeadline()).toBe(Infinity);
    expect(firstExpired(queue, 50)).toBeUndefined();
  });

  it('are kept for whoever comes after all with the same timeout have left', () => {
    const queue = new WaitQueue<Thing>(0);
    const [first] = fill(queue, 1, 50);
    queue.remove(first!, 0);
    const [second] = fill(queue, 1, 50);
    expect(firstExpired(queue, 50)).toBe(second);
    // Asking for the next deadline forgets the timeouts that nobody uses.
    expect(queue.nextDeadline()).toBe(Infinity);
    const [third] = fill(queue, 1, 50);

    expect(firstExpired(queue, 50)).toBe(third);
  });

  it.each([
    [50, 80],
    [80, 50],
  ])('are told by the earliest, whichever timeout came first: %i, %i', (...timeouts) => {
    const queue = new WaitQueue<Thing>(0);
    for (const timeout of timeouts) fill(queue, 1, timeout);

    expect(queue.nextDeadline()).toBe(50);
    expect(firstExpired(queue, 49)).toBeUndefined();
    expect(firstExpired(queue, 50)).toBeDefined();
    expect(queue.nextDeadline()).toBe(80);
  });
});

function firstExpired<C>(queue: WaitQueue<C>, now: number): Waiter<C> | undefined {
  const [first] = queue.expired(now);
  return first?.[0];
}
