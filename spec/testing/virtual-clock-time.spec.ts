import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/testing/index.js';

describe('the time of a virtual clock', () => {
  it('starts well above 0, or where it is told', () => {
    expect(new VirtualClock().now()).toBe(1_000_000);
    expect(new VirtualClock(5).now()).toBe(5);
  });

  it('passes by exactly as much as it is told, whether or not anything is due', async () => {
    const clock = new VirtualClock(0);
    clock.advance(10);
    clock.advance(0);
    clock.set(12, () => undefined);
    await clock.advanceAsync(5.5);
    expect(clock.now()).toBe(15.5);
  });

  it('never goes back, also when a callback moves it on', () => {
    const clock = new VirtualClock(0);
    const moments: number[] = [];
    const note = (): unknown => moments.push(clock.now());
    clock.set(5, () => {
      clock.advance(20);
      note();
    });
    clock.set(8, note);
    clock.advance(10);
    note();
    expect(moments).toEqual([8, 25, 25]);
  });

  it('never goes back, also when a callback moves it on while promises settle', async () => {
    const clock = new VirtualClock(0);
    clock.set(5, () => clock.advance(20));
    await clock.advanceAsync(10);
    expect(clock.now()).toBe(25);
  });

  it.each([-1, NaN])('does not pass by %d ms', async (ms) => {
    const clock = new VirtualClock();
    const message = `advance: ms must be a number from 0, got ${ms}`;
    expect(() => clock.advance(ms)).toThrow(new RangeError(message));
    await expect(clock.advanceAsync(ms)).rejects.toThrow(new RangeError(message));
    expect(clock.now()).toBe(1_000_000);
  });
});

describe('advance', () => {
  it('leaves what is due after a callback that throws', () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.set(5, () => {
      throw new Error('planted');
    });
    clock.set(5, () => ran.push('same time'));
    clock.set(6, () => ran.push('later'));
    expect(() => clock.advance(10)).toThrow('planted');
    expect([clock.now(), ran]).toEqual([5, []]);
    clock.advance(5);
    expect([clock.now(), ran]).toEqual([10, ['same time', 'later']]);
  });

  it('settles no promise within the call', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.set(5, () => void Promise.resolve().then(() => ran.push('promise')));
    clock.set(6, () => ran.push('timer'));
    clock.advance(10);
    expect(ran).toEqual(['timer']);
    await Promise.resolve();
    expect(ran).toEqual(['timer', 'promise']);
  });
});

describe('advanceAsync', () => {
  it('lets promises settle before and after each callback, at its time', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    const note = (name: string): unknown => ran.push(`${clock.now()} ${name}`);
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.set(clock.now() + ms, resolve));
    async function work(name: string): Promise<void> {
      await Promise.resolve();
      note(`${name} starts`);
      await wait(5);
      note(`${name} goes on`);
      await wait(5);
      note(`${name} ends`);
    }
    const both = Promise.all([work('a'), work('b')]);
    await clock.advanceAsync(9);
    expect(ran).toEqual(['0 a starts', '0 b starts', '5 a goes on', '5 b goes on']);
    await clock.advanceAsync(1);
    await both;
    expect(ran.slice(4)).toEqual(['10 a ends', '10 b ends']);
  });

  it('runs callbacks in the same order as advance does', async () => {
    const orders = await Promise.all(
      ['advance' as const, 'advanceAsync' as const].map(async (how) => {
        const clock = new VirtualClock(0);
        const ran: string[] = [];
        clock.set(2, () => ran.push('b'));
        clock.set(1, () => {
          ran.push('a');
          clock.set(2, () => ran.push('c'));
          clock.defer(() => ran.push('deferred'));
        });
        await clock[how](2);
        return ran;
      }),
    );
    expect(orders).toEqual([
      ['a', 'deferred', 'b', 'c'],
      ['a', 'deferred', 'b', 'c'],
    ]);
  });

  it('rejects with what a callback throws', async () => {
    const clock = new VirtualClock(0);
    clock.set(5, () => {
      throw new Error('planted');
    });
    await expect(clock.advanceAsync(10)).rejects.toThrow('planted');
    expect(clock.now()).toBe(5);
  });
});

describe('turn', () => {
  it('runs what is deferred, not what that defers, and lets no time pass', () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.set(0, () => ran.push('timer'));
    clock.defer(() => {
      ran.push('first');
      clock.defer(() => ran.push('second'));
    });
    clock.turn();
    expect([ran, clock.now(), clock.pending]).toEqual([['first'], 0, 2]);
    clock.turn();
    expect(ran).toEqual(['first', 'second']);
  });

  it('leaves what is deferred after a callback that throws', () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.defer(() => {
      throw new Error('planted');
    });
    clock.defer(() => ran.push('next'));
    expect(() => clock.turn()).toThrow('planted');
    expect(clock.pending).toBe(1);
    clock.turn();
    expect([ran, clock.pending]).toEqual([['next'], 0]);
  });
});

describe('what is pending', () => {
  it('shows the timers, the next one first, and what they keep alive', () => {
    const clock = new VirtualClock(0);
    const late = clock.set(20, () => undefined);
    const early = clock.set(10, () => undefined);
    const same = clock.set(10, () => undefined);
    early.unref();
    expect(clock.upcoming).toEqual([early, same, late]);
    expect(clock.upcoming.map(({ at, refed }) => [at, refed])).toEqual([
      [10, false],
      [10, true],
      [20, true],
    ]);
    clock.advance(10);
    expect(clock.upcoming).toEqual([late]);
  });

  it('takes a cancel at any time, also after it fired', () => {
    const clock = new VirtualClock(0);
    let ran = 0;
    const fired = clock.set(1, () => ran++);
    const other = clock.set(2, () => ran++);
    clock.advance(1);
    fired.cancel();
    other.cancel();
    other.cancel();
    clock.advance(10);
    expect([ran, clock.pending]).toEqual([1, 0]);
  });
});
