import { describe, expect, it, vi } from 'vitest';
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
    lab.core.release(slot, undefined);
    const { wakes } = lab.host;
    for (let i = 0; i < 50; i++) {
      expect(lab.borrow()).toBe(slot);
      lab.core.release(slot, undefined);
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
    lab.core.called(lab.core.stock.table.endpoints[0]);
    expect(lab.host.opening).toHaveLength(2);
  });

  it.each(['leaked', 'destroyed'] as const)('closes what one of two has %s by force, when the other is done', (how) => {
    const lab = new CoreLab({ max: 1, concurrency: 2 });
    lab.wait();
    const slot = lab.accept()!;
    expect(lab.borrow()).toBe(slot);
    if (how === 'leaked') lab.core.leaked(slot, undefined);
    else lab.core.destroy(slot, undefined, undefined);
    expect(lab.host.closing).toEqual([]);
    lab.core.release(slot, undefined);
    expect(lab.host.forced).toEqual([slot]);
    expect(slot.reason).toBe(how);
  });

  it('continues within the call where a hook answers at once', () => {
    const lab = new CoreLab({ max: 1 });
    lab.wait();
    const slot = lab.accept()!;
    const next = lab.wait();
    lab.core.release(slot, undefined);
    expect(next.grants).toEqual([slot]);
  });

  it('holds the slot, checking, until a late answer, and ignores one that comes after hookTimeout', () => {
    const lab = new CoreLab({ max: 1 });
    lab.host.answer = undefined;
    lab.wait();
    const slot = lab.accept()!;
    const next = lab.wait();
    lab.core.release(slot, undefined);
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
    lab.core.release(slot, undefined);
    const stale = lab.host.tickets[0]!.ticket;
    lab.answer(true);
    expect(lab.borrow()).toBe(slot);
    lab.core.release(slot, undefined);
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
    lab.core.lobby.cancel(first);
    expect(lab.host.isKeptAlive).toBe(true);
    lab.core.lobby.cancel(second);
    expect(lab.host.isKeptAlive).toBe(false);
  });

  it('cancels once, and not what has been granted', () => {
    const lab = new CoreLab();
    const waiter = lab.wait();
    lab.accept();
    lab.core.lobby.cancel(waiter);
    lab.core.lobby.cancel(new CountingWaiter());
    expect(lab.core.recorder.totals.cancelled).toBe(0);
    expect(lab.counts).toMatchObject({ lent: 1 });
  });

  it('refuses a waiter when the queue is full', () => {
    const lab = new CoreLab({ max: 1, maxWaiting: 1 });
    expect(lab.core.lobby.enqueue(new CountingWaiter(), 100)).toBe(true);
    expect(lab.core.lobby.enqueue(new CountingWaiter(), 100)).toBe(false);
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
    lab.core.release(slot, undefined);
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
        lab.core.release(slotOf(given), undefined);
      }
    }
    const waiters = Array.from({ length: 100_000 }, () => new Eager());
    for (const waiter of waiters) lab.core.lobby.enqueue(waiter, 1_000);
    lab.accept();
    expect(waiters.every(({ told }) => told === 1)).toBe(true);
  });

  it('guards also a loan that follows another one at once', () => {
    const lab = new CoreLab({ max: 1 });
    const guard = vi.spyOn(lab.host, 'guard');
    lab.wait(Infinity);
    lab.wait(Infinity);
    const slot = lab.accept()!;
    lab.advance(30_000);
    expect(guard).toHaveBeenCalledTimes(1);
    lab.core.release(slot, undefined);
    lab.advance(30_000);
    expect(guard).toHaveBeenCalledTimes(2);
  });

  it('guards also a loan beside one that is guarded already', () => {
    const lab = new CoreLab({ max: 1, concurrency: 2 });
    const guard = vi.spyOn(lab.host, 'guard');
    lab.wait(Infinity);
    const slot = lab.accept();
    lab.advance(30_000);
    expect(lab.borrow()).toBe(slot);
    lab.advance(30_000);
    expect(guard).toHaveBeenCalledTimes(2);
  });

  it('does not look without end for a good one among those that are opened at once for bad ones', () => {
    const lab = new CoreLab({ max: 1, min: 1 });
    const opened = openAtOnce(lab);
    lab.core.settle();
    lab.host.answer = false;
    lab.lose(lab.core.stock.table.slots[0]!);
    expect(lab.borrow()).toBeUndefined();
    expect(opened).toHaveLength(3);
  });

  it('frees what is idle, and not what is opened at once in its place', () => {
    const lab = new CoreLab({ max: 1 });
    const opened = openAtOnce(lab);
    lab.core.warm(1);
    expect(lab.core.trimmer.free(0)).toBe(1);
    expect(opened).toHaveLength(2);
  });

  it('lends one that is fresh while one is validated, also where others are idle for less long', () => {
    const lab = new CoreLab({ concurrency: Infinity });
    lab.core.warm(3);
    const slots = [lab.accept(), lab.accept(), lab.accept()];
    lab.advance(100);
    const fresh = lab.borrow()!;
    lab.core.release(fresh, fresh.loan);
    // Whoever has one allocated uses it, and nobody has checked it.
    for (const slot of slots.filter((one) => one !== fresh)) {
      expect(lab.core.allocator.allocate(lab.clock.now())).toBe(slot);
    }
    lab.host.answer = undefined;
    expect(lab.wait().grants).toEqual([fresh]);
  });

  it('does not restore what it closes anyway', () => {
    const lab = new CoreLab({ maxUses: 1 });
    const check = vi.spyOn(lab.host, 'check');
    lab.wait();
    lab.core.release(lab.accept()!, undefined);
    expect(check).not.toHaveBeenCalled();
    expect(lab.counts).toMatchObject({ closing: 1, idle: 0 });
  });
});

/** From now on what is opened is open at once, and what is closed is closed; returns what has been opened. */
function openAtOnce(lab: CoreLab): ThingSlot[] {
  const opened: ThingSlot[] = [];
  vi.spyOn(lab.host, 'open').mockImplementation((slot) => {
    opened.push(slot);
    if (opened.length > 10) throw new Error('it opens without end');
    lab.core.stock.opened(slot, { name: `thing ${opened.length}`, slot }, 5, true, true);
  });
  vi.spyOn(lab.host, 'close').mockImplementation((slot) => {
    lab.core.gone(slot, undefined);
  });
  return opened;
}
