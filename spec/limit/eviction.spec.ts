import { describe, expect, it, vi } from 'vitest';
import { budget } from '../../src/limit/budget.js';
import { ask, exhaust, FakeMember } from './budget-lab.js';

const closing = (members: readonly FakeMember[]): number[] => members.map((member) => member.closing.length);

describe('an urgent request that must wait', () => {
  it('has the longest idle connection of any member closed, and gets its permit when the close is done', () => {
    const shared = budget({ limit: 4 });
    const members = ['a', 'b', 'c'].map((name) => new FakeMember(shared, name)) as [FakeMember, FakeMember, FakeMember];
    const [a, b, c] = members;
    a.rest(30);
    b.rest(10, 40);
    c.rest(20);
    const asked = a.ask();

    expect(closing(members)).toEqual([0, 1, 0]);
    expect(b.idleSince).toBe(40);
    expect(asked.isGranted).toBe(false);
    b.closed();
    expect(asked.isGranted).toBe(true);
  });

  it('may have one of its own holder closed', () => {
    const shared = budget({ limit: 2 });
    const [a, b] = [new FakeMember(shared, 'a').rest(10), new FakeMember(shared, 'b').rest(20)];
    a.ask();

    expect(closing([a, b])).toEqual([1, 0]);
  });

  it('has one closed also where it has no holder', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const asked = ask(shared);
    member.closed();

    expect(asked.isGranted).toBe(true);
  });

  it('has the one closed that became idle at the very start of time', () => {
    const shared = budget({ limit: 2 });
    const [a, b] = [new FakeMember(shared, 'a').rest(5), new FakeMember(shared, 'b').rest(0)];
    ask(shared);

    expect(closing([a, b])).toEqual([0, 1]);
  });

  it('takes the permit of an eviction that is done within the call', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const evict = member.evict.bind(member);
    member.evict = () => {
      evict();
      member.closed();
    };

    expect(ask(shared).isGranted).toBe(true);
  });

  it('has nothing closed while a permit is free', () => {
    const shared = budget({ limit: 2 });
    const member = new FakeMember(shared, 'a').rest(10);
    ask(shared);

    expect(member.closing).toHaveLength(0);
  });

  it('waits where nothing is idle, until something is offered', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a');
    const { permits } = member.ask();
    const asked = ask(shared);
    shared.offer();
    expect(closing([member])).toEqual([0]);
    member.idle.push({ since: 10, permit: permits[0]! });
    shared.offer();

    expect(closing([member])).toEqual([1]);
    member.closed();
    expect(asked.isGranted).toBe(true);
  });

  it('closes nothing for a member whose borrowers have left, and something when others have come', () => {
    const shared = budget({ limit: 2 });
    const [rich, poor] = [new FakeMember(shared, 'rich').rest(10).rest(20), new FakeMember(shared, 'poor')];
    poor.isWaitedFor = false;
    shared.reserve({ holder: poor }).subscribe();
    shared.offer();
    expect(closing([rich])).toEqual([0]);

    poor.isWaitedFor = true;
    shared.offer();
    expect(closing([rich])).toEqual([1]);
  });

  it('is not owed by one member to another whose borrowers have left', () => {
    const shared = budget({ limit: 4 });
    const [rich, even, poor] = ['rich', 'even', 'poor'].map((name) => new FakeMember(shared, name)) as [
      FakeMember,
      FakeMember,
      FakeMember,
    ];
    for (const member of [rich, rich, even, even]) member.ask();
    even.ask();
    poor.ask();
    poor.isWaitedFor = false;
    expect(shared.owes(rich)).toBe(false);

    poor.isWaitedFor = true;
    expect(shared.owes(rich)).toBe(true);
  });

  it('finds what somebody who joins has idle', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    member.leave();
    ask(shared);
    expect(closing([member])).toEqual([0]);
    shared.join(member);

    expect(closing([member])).toEqual([1]);
  });
});

describe('nothing is closed', () => {
  it('for a request that nobody waits for', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const asked = ask(shared, { urgent: false });
    shared.offer();

    expect(closing([member])).toEqual([0]);
    expect(asked.isGranted).toBe(false);
  });

  it('by an offer while nobody waits', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    shared.offer();

    expect(closing([member])).toEqual([0]);
  });

  it('of a member that has left', () => {
    const shared = budget({ limit: 2 });
    const [a, b] = [new FakeMember(shared, 'a').rest(10), new FakeMember(shared, 'b').rest(20)];
    a.leave();
    ask(shared);
    ask(shared);

    expect(closing([a, b])).toEqual([0, 1]);
  });

  it('of a member beyond what it holds', () => {
    const shared = budget({ limit: 1 });
    exhaust(shared);
    const member = new FakeMember(shared, 'a');
    let evictions = 0;
    shared.join({ name: 'boaster', idleSince: 1, evict: () => evictions++ });
    ask(shared);
    ask(shared);

    expect(evictions).toBe(0);
    expect(member.closing).toHaveLength(0);
  });

  it('for a member whose first connections another member has idle: both can have their reserve only as far as it goes', () => {
    const shared = budget({ limit: 3 });
    const [a, b] = [new FakeMember(shared, 'a').rest(10, 10), new FakeMember(shared, 'b').rest(10)];
    const reserve = [b.ask(false), a.ask(false)];
    shared.offer();

    expect(closing([a, b])).toEqual([0, 0]);
    expect(reserve.map(({ isGranted }) => isGranted)).toEqual([false, false]);
  });
});

describe('evictions under way', () => {
  it('are as many as urgent requests wait', () => {
    const shared = budget({ limit: 4 });
    const member = new FakeMember(shared, 'a').rest(1, 2, 3, 4);
    ask(shared);
    ask(shared, { urgent: false });
    ask(shared);
    shared.offer();

    expect(member.closing).toHaveLength(2);
  });

  it('are followed by others only when more requests wait than are under way', () => {
    const shared = budget({ limit: 4 });
    const member = new FakeMember(shared, 'a').rest(1, 2, 3, 4);
    const [first] = [ask(shared), ask(shared)];
    first.withdraw();
    const next = ask(shared);
    expect(member.closing).toHaveLength(2);
    ask(shared);
    expect(member.closing).toHaveLength(3);
    member.closed();
    member.closed();

    expect(next.isGranted).toBe(true);
    expect(shared.picture.waiting).toBe(1);
    expect(member.closing).toHaveLength(1);
  });

  it('count on when a permit comes back that has nothing to do with them', () => {
    const shared = budget({ limit: 3 });
    const member = new FakeMember(shared, 'a').rest(1, 2);
    const [permit] = exhaust(shared);
    ask(shared);
    permit!.release();
    ask(shared);

    expect(member.closing).toHaveLength(1);
  });

  it('leave a free permit where nobody waits any more', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(1);
    ask(shared).withdraw();
    member.closed();

    expect(shared.picture).toMatchObject({ used: 0, waiting: 0 });
    expect(ask(shared).isGranted).toBe(true);
  });
});

describe('a member that throws', () => {
  const fail = (): never => {
    throw new Error('planted');
  };

  it('in idleSince has nothing idle', () => {
    const shared = budget({ limit: 2 });
    const [a, b] = [new FakeMember(shared, 'a').rest(10), new FakeMember(shared, 'b').rest(20)];
    Object.defineProperty(a, 'idleSince', { get: fail });
    const asked = ask(shared);
    expect(closing([a, b])).toEqual([0, 1]);
    b.closed();

    expect(asked.isGranted).toBe(true);
  });

  it('in evict lets the next longest idle one be closed instead', () => {
    const shared = budget({ limit: 3 });
    const members = [10, 20, 30].map((since) => new FakeMember(shared, `${since}`).rest(since));
    members[0]!.evict = fail;
    members[1]!.evict = fail;
    const asked = ask(shared);
    expect(closing(members)).toEqual([0, 0, 1]);
    members[2]!.closed();

    expect(asked.isGranted).toBe(true);
  });

  it('in evict is not taken to have left the others as they were', () => {
    const shared = budget({ limit: 2 });
    const [a, b] = [new FakeMember(shared, 'a').rest(10), new FakeMember(shared, 'b').rest(20)];
    a.evict = () => {
      b.lent.push(b.idle.pop()!.permit);
      fail();
    };
    const evict = vi.fn();
    b.evict = evict;
    ask(shared);

    expect(evict).not.toHaveBeenCalled();
  });

  it('in evict is asked again by the next request', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const evict = member.evict.bind(member);
    member.evict = fail;
    const first = ask(shared);
    member.evict = evict;
    const second = ask(shared);
    member.closed();

    expect([first, second].map(({ isGranted }) => isGranted)).toEqual([true, false]);
  });

  it('in evict after it has given the permit back has served the request all the same', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const evict = member.evict.bind(member);
    member.evict = () => {
      evict();
      member.closed();
      fail();
    };

    expect(ask(shared).isGranted).toBe(true);
  });

  it('in every call holds up none of the others', () => {
    const shared = budget({ limit: 2 });
    const member = new FakeMember(shared, 'a').rest(10);
    member.evict = fail;
    const [permit] = exhaust(shared);
    const asked = [ask(shared), ask(shared)];
    permit!.release();

    expect(asked.map(({ isGranted }) => isGranted)).toEqual([true, false]);
  });
});

describe('a member that says nothing and closes nothing', () => {
  /** It has always something idle, and does not close it. */
  function deafMember(shared: ReturnType<typeof budget>, since: number): { evictions: number } {
    const member = { name: 'deaf', idleSince: since, evictions: 0, evict: () => member.evictions++ };
    shared.join(member);
    shared.reserve({ holder: member }).subscribe();
    return member;
  }

  it('is asked again, and others before it, once it has been in the way of requests', () => {
    const shared = budget({ limit: 2 });
    const deaf = deafMember(shared, 1);
    const member = new FakeMember(shared, 'a').rest(10);
    for (let i = 0; i < 2; i++) ask(shared).withdraw();
    expect([deaf.evictions, member.closing.length]).toEqual([1, 0]);
    const asked = ask(shared);

    expect([deaf.evictions, member.closing.length]).toEqual([1, 1]);
    member.closed();
    expect(asked.isGranted).toBe(true);
  });

  it('is not in the way of requests that nobody waits for', () => {
    const shared = budget({ limit: 2 });
    const deaf = deafMember(shared, 1);
    const member = new FakeMember(shared, 'a').rest(10);
    ask(shared).withdraw();
    for (let i = 0; i < 5; i++) ask(shared, { urgent: false });
    ask(shared);

    expect([deaf.evictions, member.closing.length]).toEqual([1, 0]);
  });

  it('can close after all, when it is asked again', () => {
    const shared = budget({ limit: 1 });
    const member = new FakeMember(shared, 'a').rest(10);
    const evict = member.evict.bind(member);
    member.evict = () => undefined;
    for (let i = 0; i < 2; i++) ask(shared).withdraw();
    member.evict = evict;
    const asked = ask(shared);
    member.closed();

    expect(asked.isGranted).toBe(true);
  });

  it('has no more closed by those who come and go than their number doubles', () => {
    const shared = budget({ limit: 100 });
    const member = new FakeMember(shared, 'slow').rest(...Array.from({ length: 100 }, (_, i) => i));
    for (let i = 0; i < 1_000; i++) ask(shared).withdraw();

    expect(member.closing.length).toBeGreaterThan(1);
    expect(member.closing.length).toBeLessThan(12);
  });

  it('is waited for with the first patience again when it has answered', () => {
    const shared = budget({ limit: 100 });
    const member = new FakeMember(shared, 'slow').rest(...Array.from({ length: 100 }, (_, i) => i));
    for (let i = 0; i < 100; i++) ask(shared).withdraw();
    while (member.closing.length > 0) member.closed();
    exhaust(shared);
    const asked = [ask(shared), ask(shared), ask(shared)];
    for (const one of asked) one.withdraw();
    expect(member.closing).toHaveLength(3);
    for (let i = 0; i < 2; i++) ask(shared).withdraw();

    expect(member.closing).toHaveLength(4);
  });

  it('does not take from others what they have idle longer, once it has answered', () => {
    const shared = budget({ limit: 3 });
    const [slow, other] = [new FakeMember(shared, 'slow').rest(1, 2), new FakeMember(shared, 'b').rest(10)];
    for (let i = 0; i < 3; i++) ask(shared).withdraw();
    expect(closing([slow, other])).toEqual([1, 1]);
    other.closed();
    slow.closed();
    exhaust(shared);
    ask(shared);

    expect(closing([slow, other])).toEqual([1, 0]);
  });
});
