import { Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { budget } from '../../src/limit/budget.js';
import type { Permit } from '../../src/limit/permit.js';
import { ask, Asked, exhaust, FakeMember } from './budget-lab.js';

describe('whoever is given a permit may, within the call,', () => {
  it('give it back, and the next is served', () => {
    const shared = budget({ limit: 1 });
    const asked = new Asked(shared, {}, (permit) => permit.release());

    expect(asked.isComplete).toBe(true);
    expect(shared.picture.used).toBe(0);
  });

  it('ask for another, and does not overtake those who wait', () => {
    const shared = budget({ limit: 2 });
    const permits = exhaust(shared);
    const order: string[] = [];
    new Asked(shared, {}, () => {
      order.push('first');
      // A second permit has come free meanwhile.
      permits[1]!.release();
      new Asked(shared, {}, () => order.push('newcomer'));
      order.push('asked');
    });
    const second = new Asked(shared, {}, (permit) => {
      order.push('second');
      permit.release();
    });
    permits[0]!.release();

    expect(order).toEqual(['first', 'asked', 'second', 'newcomer']);
    expect(second.isComplete).toBe(true);
  });

  it('ask urgently, and overtakes those that nobody waits for', () => {
    const shared = budget({ limit: 2 });
    const permits = exhaust(shared);
    const order: string[] = [];
    new Asked(shared, { urgent: false }, () => {
      permits[1]!.release();
      new Asked(shared, {}, () => order.push('urgent'));
      order.push('asked');
    });
    new Asked(shared, { urgent: false }, () => order.push('patient'));
    permits[0]!.release();

    expect(order).toEqual(['urgent', 'asked']);
    expect(shared.picture).toMatchObject({ used: 2, waiting: 1 });
  });

  it('withdraw the request that would have been next', () => {
    const shared = budget({ limit: 2 });
    const permits = exhaust(shared);
    const told: string[] = [];
    new Asked(shared, {}, () => {
      next.withdraw();
      permits[1]!.release();
    });
    const next = new Asked(shared, {}, () => told.push('withdrawn'));
    new Asked(shared, {}, () => told.push('third'));
    permits[0]!.release();

    expect(told).toEqual(['third']);
  });

  it('see the budget as it is with that permit', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const pictures: unknown[] = [];
    const member = new FakeMember(shared, 'a');
    new Asked(shared, { holder: member }, () => pictures.push(shared.picture));
    permit!.release();

    expect(pictures).toEqual([{ limit: 1, used: 1, waiting: 0, members: [{ name: 'a', used: 1, waiting: 0 }] }]);
  });
});

describe('a member that is asked to evict may, within the call,', () => {
  /** A member that does so when it is asked the first time, having closed its connection at once or not. */
  function member(shared: ReturnType<typeof budget>, then: () => void, times: readonly number[]): FakeMember {
    const made = new FakeMember(shared, 'a').rest(...times);
    const evict = made.evict.bind(made);
    made.evict = () => {
      evict();
      if (made.closing.length === 1) then();
    };
    return made;
  }

  it('ask for a permit itself', () => {
    const shared = budget({ limit: 2 });
    const asked: Asked[] = [];
    const a = member(shared, () => asked.push(a.ask()), [1, 2]);
    asked.unshift(ask(shared));
    expect(a.closing).toHaveLength(2);
    a.closed();
    a.closed();

    expect(asked.map(({ isGranted }) => isGranted)).toEqual([true, true]);
  });

  it('leave', () => {
    const shared = budget({ limit: 2 });
    const a = member(shared, () => a.leave(), [1, 2]);
    const asked = [ask(shared), ask(shared)];
    expect(a.closing).toHaveLength(1);
    a.closed();

    expect(asked.map(({ isGranted }) => isGranted)).toEqual([true, false]);
  });

  it('offer what it has', () => {
    const shared = budget({ limit: 2 });
    const a = member(shared, () => shared.offer(), [1, 2]);
    ask(shared);

    expect(a.closing).toHaveLength(1);
  });

  it('withdraw the request that it was asked for', () => {
    const shared = budget({ limit: 2 });
    const over = new Subject<void>();
    const a = member(shared, () => over.next(), [1, 2]);
    let grants = 0;
    shared
      .reserve()
      .pipe(takeUntil(over))
      .subscribe(() => grants++);
    expect(shared.picture.waiting).toBe(0);
    a.closed();

    expect(grants).toBe(0);
    expect(shared.picture).toMatchObject({ used: 1, waiting: 0 });
  });

  it('ask again and again, and is asked for no more than it holds', () => {
    const shared = budget({ limit: 3 });
    const a = new FakeMember(shared, 'a').rest(1, 2, 3);
    const evict = a.evict.bind(a);
    a.evict = () => {
      evict();
      a.ask();
    };
    ask(shared);

    expect(a.closing).toHaveLength(3);
    expect(shared.picture.waiting).toBe(4);
  });
});

it('a member that takes part in every way when it is asked what it has idle harms nobody', () => {
  const shared = budget({ limit: 2 });
  const [permit] = exhaust(shared) as [Permit];
  const restless = new FakeMember(shared, 'restless');
  Object.defineProperty(restless, 'idleSince', {
    get: () => {
      restless.leave();
      restless.ask().withdraw();
      restless.lent.pop()?.release();
      return undefined;
    },
  });
  const waiting = restless.ask(false);
  permit.release();
  restless.lent.push(...waiting.permits);
  const asked = ask(shared);

  expect(restless.lent).toEqual([]);
  expect(asked.isGranted).toBe(true);
});
