import { describe, expect, it } from 'vitest';
import { WaitQueue } from '../../src/pool/wait-queue.js';
import type { Waiter } from '../../src/pool/waiter.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { CountingWaiter, type Thing } from './core-lab.js';

describe('a queue with a timeout of its own for each borrow', () => {
  it('keeps nothing of a timeout that nobody waits with any more', async () => {
    const queue = new WaitQueue<Thing>(0);
    const kept = [1, 2, 3].map((timeout) => {
      const waiter = new CountingWaiter();
      queue.push(waiter, 0, timeout);
      const list = new WeakRef(waiter.deadlines!);
      queue.remove(waiter, 0);
      return list;
    });
    expect(queue.nextDeadline()).toBe(Infinity);
    await collectGarbage();
    // The one used last is kept, because the next borrower has mostly the same timeout.
    expect(kept.map((list) => list.deref()?.timeout)).toEqual([undefined, undefined, 3]);
  });

  it('goes by the right deadline for whoever comes with a timeout that was forgotten', () => {
    const queue = new WaitQueue<Thing>(0);
    const [gone, back] = [new CountingWaiter(), new CountingWaiter()];
    queue.push(gone, 0, 50);
    queue.remove(gone, 0);
    queue.nextDeadline();
    queue.push(back, 100, 50);
    expect(queue.nextDeadline()).toBe(150);
    expect(firstExpired(queue, 149)).toBeUndefined();
    expect(firstExpired(queue, 150)).toBe(back);
  });
});

function firstExpired<C>(queue: WaitQueue<C>, now: number): Waiter<C> | undefined {
  const [first] = queue.expired(now);
  return first?.[0];
}
