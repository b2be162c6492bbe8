import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { budget } from '../../src/limit/budget.js';
import type { Permit } from '../../src/limit/permit.js';
import { ask, exhaust, FakeMember } from './budget-lab.js';

const isGranted = (asked: { readonly isGranted: boolean }): boolean => asked.isGranted;

describe('a permit', () => {
  it('is given within the subscribe while one is free, and then the request is complete', () => {
    const shared = budget({ limit: 2 });
    const asked = [ask(shared), ask(shared), ask(shared)];

    expect(asked.map(isGranted)).toEqual([true, true, false]);
    expect(asked.map(({ isComplete }) => isComplete)).toEqual([true, true, false]);
    expect(shared.picture).toEqual({ limit: 2, used: 2, waiting: 1, members: [] });
  });

  it('goes to the one who waits when it is released', () => {
    const shared = budget({ limit: 1 });
    const [first, second, third] = [ask(shared), ask(shared), ask(shared)];
    first.release();

    expect([second, third].map(isGranted)).toEqual([true, false]);
    expect(second.isComplete).toBe(true);
    expect(shared.picture).toMatchObject({ used: 1, waiting: 1 });
  });

  it('comes back once, however often it is released', () => {
    const shared = budget({ limit: 2 });
    const [permit] = exhaust(shared);
    permit!.release();
    permit!.release();

    expect(shared.picture.used).toBe(1);
  });

  it('stays with its holder when the request is unsubscribed', () => {
    const shared = budget({ limit: 1 });
    const asked = ask(shared);
    asked.withdraw();

    expect(shared.picture.used).toBe(1);
    asked.release();
    expect(shared.picture.used).toBe(0);
  });

  it('is asked for anew by each subscription, and by none without one', () => {
    const shared = budget({ limit: 5 });
    const request = shared.reserve();
    expect(shared.picture.used).toBe(0);
    const permits: Permit[] = [];
    request.subscribe((permit) => permits.push(permit));
    request.subscribe((permit) => permits.push(permit));

    expect(new Set(permits).size).toBe(2);
  });

  it('is not given to a subscriber who has left before', () => {
    const shared = budget({ limit: 1 });
    new Observable<Permit>((subscriber) => {
      subscriber.complete();
      return shared.reserve().subscribe(subscriber);
    }).subscribe();

    expect(shared.picture).toMatchObject({ used: 0, waiting: 0 });
  });
});

describe('requests that wait', () => {
  it('are served first come first served where none has a holder', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const asked = [ask(shared), ask(shared), ask(shared)];
    permit!.release();

    expect(served(asked)).toEqual([0, 1, 2]);
  });

  it.each([
    { left: 0, others: [1, 2] },
    { left: 1, others: [0, 2] },
    { left: 2, others: [0, 1] },
  ])('keep their order when number $left of three leaves', ({ left, others }) => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const asked = [ask(shared), ask(shared), ask(shared)];
    asked[left]!.withdraw();
    expect(shared.picture.waiting).toBe(2);
    permit!.release();

    expect(served(asked)).toEqual(others);
    expect(shared.picture).toMatchObject({ used: 0, waiting: 0 });
  });

  it('go before those that nobody waits for', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const asked = [ask(shared, { urgent: false }), ask(shared), ask(shared, { urgent: false }), ask(shared)];
    permit!.release();

    expect(served(asked)).toEqual([1, 3, 0, 2]);
  });

  it('are urgent unless they say otherwise', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const asked = [ask(shared, { urgent: false }), ask(shared, {}), ask(shared, { urgent: true })];
    permit!.release();

    expect(served(asked)).toEqual([1, 2, 0]);
  });

  it('take turns among their holders, however many one of them makes', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const [greedy, modest] = [new FakeMember(shared, 'greedy'), new FakeMember(shared, 'modest')];
    const asked = [greedy.ask(), greedy.ask(), greedy.ask(), modest.ask(), modest.ask(), ask(shared), ask(shared)];
    permit!.release();

    expect(served(asked)).toEqual([0, 3, 5, 1, 4, 6, 2]);
  });

  it('take turns among holders of those that nobody waits for, too', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const [greedy, modest] = [new FakeMember(shared, 'greedy'), new FakeMember(shared, 'modest')];
    const asked = [greedy.ask(false), greedy.ask(false), modest.ask(false)];
    permit!.release();

    expect(served(asked)).toEqual([0, 2, 1]);
  });

  it('come behind the other holders when their own asks again after each grant', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const members = ['a', 'b', 'c'].map((name) => new FakeMember(shared, name));
    const waiting = members.map((member) => member.ask());
    permit!.release();
    const order: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const index = waiting.findIndex(isGranted);
      order.push(index);
      const granted = waiting[index]!;
      waiting[index] = members[index]!.ask();
      granted.release();
    }

    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('do not keep the place of a holder who has withdrawn the last of them', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    const [first, second] = [new FakeMember(shared, 'first'), new FakeMember(shared, 'second')];
    first.ask().withdraw();
    const asked = [second.ask(), first.ask()];
    permit!.release();

    expect(served(asked)).toEqual([0, 1]);
  });

  it('leave at the same cost, however many wait', () => {
    /** How long 200 take to leave from the middle of a line, at best, in ms. */
    function leaving(length: number): number {
      const shared = budget({ limit: 1 });
      exhaust(shared);
      const asked = Array.from({ length }, () => ask(shared));
      const middle = length / 2 - 500;
      const runs = [0, 1, 2, 3, 4].map((run) => {
        const start = performance.now();
        for (let i = 0; i < 200; i++) asked[middle + run * 200 + i]!.withdraw();
        return performance.now() - start;
      });
      return Math.min(...runs);
    }
    leaving(1_000);
    const amongFew = leaving(1_000);

    // A search through the line would take 30 times as long.
    expect(leaving(30_000) / amongFew).toBeLessThan(8);
  });

  it('are served in a loop, however many wait', () => {
    const shared = budget({ limit: 1 });
    const [permit] = exhaust(shared);
    let grants = 0;
    for (let i = 0; i < 20_000; i++) {
      shared.reserve().subscribe((given) => {
        grants++;
        given.release();
      });
    }
    permit!.release();

    expect(grants).toBe(20_000);
    expect(shared.picture).toMatchObject({ used: 0, waiting: 0 });
  });
});

describe('the picture', () => {
  it('counts for each member what it holds and waits for', () => {
    const shared = budget({ limit: 3 });
    const [shop, mail] = [new FakeMember(shared, 'shop'), new FakeMember(shared, 'mail')];
    const asked = shop.ask();
    mail.ask();
    ask(shared);
    shop.ask();
    mail.ask(false);
    ask(shared);
    expect(shared.picture).toEqual({
      limit: 3,
      used: 3,
      waiting: 3,
      members: [
        { name: 'shop', used: 1, waiting: 1 },
        { name: 'mail', used: 1, waiting: 1 },
      ],
    });

    asked.release();
    expect(shared.picture.members).toEqual([
      { name: 'shop', used: 1, waiting: 0 },
      { name: 'mail', used: 1, waiting: 1 },
    ]);
  });

  it('shows a member that has left for as long as it holds something or waits', () => {
    const shared = budget({ limit: 1 });
    const shop = new FakeMember(shared, 'shop');
    const [holding, waiting] = [shop.ask(), shop.ask()];
    shop.leave();
    expect(shared.picture.members).toEqual([{ name: 'shop', used: 1, waiting: 1 }]);
    waiting.withdraw();
    expect(shared.picture.members).toEqual([{ name: 'shop', used: 1, waiting: 0 }]);
    holding.release();
    expect(shared.picture.members).toEqual([]);
  });

  it('shows a holder that does not take part while it holds something or waits', () => {
    const shared = budget({ limit: 1 });
    const shop = new FakeMember(shared, 'shop');
    shop.leave();
    expect(shared.picture.members).toEqual([]);
    const [holding, waiting] = [shop.ask(), shop.ask()];
    expect(shared.picture.members).toEqual([{ name: 'shop', used: 1, waiting: 1 }]);
    holding.release();
    waiting.release();
    expect(shared.picture.members).toEqual([]);
    exhaust(shared);
    shop.ask().withdraw();
    expect(shared.picture.members).toEqual([]);
  });

  it('shows a member that has joined twice until it has left twice, each time once', () => {
    const shared = budget({ limit: 1 });
    const shop = new FakeMember(shared, 'shop');
    const leaveAgain = shared.join(shop);
    shop.leave();
    shop.leave();
    expect(shared.picture.members).toEqual([{ name: 'shop', used: 0, waiting: 0 }]);
    leaveAgain();
    expect(shared.picture.members).toEqual([]);
  });

  it('does not change when the budget does', () => {
    const shared = budget({ limit: 1 });
    const { picture } = shared;
    exhaust(shared);

    expect(picture.used).toBe(0);
  });
});

describe('a budget refuses', () => {
  it.each([
    [{ limit: 0 }, RangeError, 'budget: limit must be an integer from 1 to 9007199254740991, got 0'],
    [{ limit: -1 }, RangeError, 'budget: limit must be an integer from 1 to 9007199254740991, got -1'],
    [{ limit: 1.5 }, RangeError, 'budget: limit must be an integer from 1 to 9007199254740991, got 1.5'],
    [{ limit: Infinity }, RangeError, 'budget: limit must be an integer from 1 to 9007199254740991, got Infinity'],
    [{ limit: '5' }, TypeError, 'budget: limit must be an integer from 1 to 9007199254740991, got "5"'],
    [{ limit: 5, limits: 6 }, TypeError, 'budget: unknown option limits; known are limit'],
    [{}, TypeError, 'budget: limit is missing; it is how many sockets may be open at once'],
    [undefined, TypeError, 'budget: limit is missing; it is how many sockets may be open at once'],
    [5, TypeError, 'budget: config must be an object, got 5'],
  ])('%o', (config, type, message) => {
    expect(() => budget(config as { limit: number })).toThrow(new type(message));
  });

  it.each([
    [{ urgent: 'yes' }, 'reserve: urgent must be a boolean, got "yes"'],
    [{ holder: 'me' }, 'reserve: holder must be an object, got "me"'],
    [{ hurry: true }, 'reserve: unknown option hurry; known are urgent, holder'],
  ])('to reserve with %o', (options, message) => {
    const shared = budget({ limit: 1 });
    expect(() => shared.reserve(options as object)).toThrow(new TypeError(message));
  });

  it.each([[undefined], [null], [{ name: 'shop' }]])('%o as a member', (member) => {
    const shared = budget({ limit: 1 });
    expect(() => shared.join(member as never)).toThrow(
      new TypeError('join: pass a member: its name, idleSince, and evict()'),
    );
  });
});

/** Serves one after the other of those who wait for the only permit, and tells in which order. */
function served(asked: readonly ReturnType<typeof ask>[]): number[] {
  const order: number[] = [];
  for (let next = nextOf(asked, order); next !== -1; next = nextOf(asked, order)) {
    order.push(next);
    asked[next]!.release();
  }
  return order;
}

function nextOf(asked: readonly ReturnType<typeof ask>[], order: readonly number[]): number {
  return asked.findIndex((one, index) => one.isGranted && !order.includes(index));
}
