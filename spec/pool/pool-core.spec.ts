import { describe, expect, it } from 'vitest';
import { CoreLab, CountingWaiter, slotOf, type Thing, type ThingSlot } from './core-lab.js';

describe('a pool core without RxJS', () => {
  it('asks its host to open for a waiter, and grants what was opened', () => {
    const lab = new CoreLab();
    expect(lab.borrow()).toBeUndefined();
    const waiter = lab.wait();
    expect(lab.host.opening).toHaveLength(1);
    const slot = lab.accept();
    expect(waiter.grants).toEqual([slot]);
    expect(slot?.connection?.name).toBe('thing 0');
    expect(lab.counts).toMatchObject({ lent: 1, connecting: 0 });
  });

  it('lends synchronously what is idle, without a timer', () => {
    const lab = new CoreLab();
    lab.wait();
    const slot = lab.accept()!;
    lab.core.release(slot);
    const { wakes } = lab.host;
    for (let i = 0; i < 50; i++) {
      expect(lab.borrow()).toBe(slot);
      lab.core.release(slot);
    }
    expect(lab.host.wakes).toBe(wakes);
    expect(slot.uses).toBe(51);
  });

  it('opens no more than turns allow, and goes on when it is called', () => {
    const lab = new CoreLab();
    lab.host.turnsLeft = 1;
    lab.wait();
    lab.wait();
    expect(lab.host.opening).toHaveLength(1);
    lab.host.turnsLeft = 1;
    lab.core.called(lab.core.stock.table.endpoints[0]!);
    expect(lab.host.opening).toHaveLength(2);
  });

  it('continues within the call where a hook answers at once', () => {
    const lab = new CoreLab({ max: 1 });
    lab.wait();
    const slot = lab.accept()!;
    const next = lab.wait();
    lab.core.release(slot);
    expect(next.grants).toEqual([slot]);
  });

  it('holds the slot, checking, until a late answer, and ignores one that comes after hookTimeout', () => {
    const lab = new CoreLab({ max: 1 });
    lab.host.answer = undefined;
    lab.wait();
    const slot = lab.accept()!;
    const next = lab.wait();
    lab.core.release(slot);
    expect(lab.counts).toMatchObject({ checking: 1 });
    lab.advance(200);
    expect(lab.counts).toMatchObject({ checking: 0, closing: 1 });
    lab.answer(true);
    expect(lab.counts).toMatchObject({ checking: 0, closing: 1 });
    lab.finishClose();
    lab.accept();
    expect(next.told).toBe(1);
  });

  it('ignores a ticket that is not the one of the check under way', () => {
    const lab = new CoreLab();
    lab.host.answer = undefined;
    lab.wait();
    const slot = lab.accept()!;
    lab.core.release(slot);
    const stale = lab.host.tickets[0]!.ticket;
    lab.answer(true);
    expect(lab.borrow()).toBe(slot);
    lab.core.release(slot);
    lab.core.stock.checked(slot, stale, true);
    expect(lab.counts).toMatchObject({ checking: 1, idle: 0 });
  });

  it('times out by tick alone, in the order of the deadlines', () => {
    const lab = new CoreLab({ max: 1 });
    const late = lab.wait(300);
    const early = lab.wait(100);
    expect(lab.host.wakeAt).toBe(lab.clock.now() + 100);
    lab.advance(100);
    expect([early.errors, late.errors]).toEqual([['timed out after 100'], []]);
    lab.advance(200);
    expect(late.errors).toEqual(['timed out after 300']);
    expect(lab.host.isKeptAlive).toBe(false);
  });

  it('keeps the process alive from the first waiter to the last', () => {
    const lab = new CoreLab({ max: 1 });
    const [first, second] = [lab.wait(), lab.wait()];
    expect(lab.host.isKeptAlive).toBe(true);
    lab.core.cancel(first);
    expect(lab.host.isKeptAlive).toBe(true);
    lab.core.cancel(second);
    expect(lab.host.isKeptAlive).toBe(false);
  });

  it('cancels once, and not what has been granted', () => {
    const lab = new CoreLab();
    const waiter = lab.wait();
    lab.accept();
    lab.core.cancel(waiter);
    lab.core.cancel(new CountingWaiter());
    expect(lab.core.recorder.totals.cancelled).toBe(0);
    expect(lab.counts).toMatchObject({ lent: 1 });
  });

  it('refuses a waiter when the queue is full', () => {
    const lab = new CoreLab({ max: 1, maxWaiting: 1 });
    expect(lab.core.enqueue(new CountingWaiter(), 100)).toBe(true);
    expect(lab.core.enqueue(new CountingWaiter(), 100)).toBe(false);
  });

  it('fails the waiters when its host has given up', () => {
    const lab = new CoreLab();
    const waiter = lab.wait();
    lab.host.isGivenUp = true;
    lab.refuse();
    expect(waiter.errors).toEqual(['given up']);
  });

  it('tells its host once that it is drained, when the last close is done', () => {
    const lab = new CoreLab();
    lab.wait();
    const waiting = lab.wait();
    const slot = lab.accept()!;
    lab.core.close('closed');
    expect(waiting.errors).toEqual(['closed']);
    expect(lab.host.aborted).toHaveLength(1);
    expect(lab.host.isDrained).toBe(0);
    lab.core.release(slot);
    expect(lab.host.isDrained).toBe(0);
    lab.finishClose();
    expect(lab.host.isDrained).toBe(1);
    expect(lab.borrow()).toBeUndefined();
  });

  it('serves a hundred thousand waiters that borrow and release in each other’s grants without recursion', () => {
    const lab = new CoreLab({ max: 1, maxWaiting: 200_000 });
    class Eager extends CountingWaiter {
      override granted(given: Thing | ThingSlot): void {
        super.granted(given);
        lab.core.release(slotOf(given));
      }
    }
    const waiters = Array.from({ length: 100_000 }, () => new Eager());
    for (const waiter of waiters) lab.core.enqueue(waiter, 1_000);
    lab.accept();
    expect(waiters.every(({ told }) => told === 1)).toBe(true);
  });
});
