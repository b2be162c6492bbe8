import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

describe('the virtual clock', () => {
  it('runs what falls due in order of time, then of setting, each at its own time, deferred callbacks first', () => {
    const clock = new VirtualClock(0);
    const ran: [string, number][] = [];
    const note = (name: string) => (): unknown => ran.push([name, clock.now()]);
    clock.set(20, note('b'));
    clock.set(10, note('a'));
    clock.set(20, note('c'));
    clock.set(21, note('not yet'));
    clock.set(-5, note('past'));
    clock.defer(note('deferred'));
    expect(clock.pending).toBe(6);
    clock.advance(20);

    expect(ran).toEqual([
      ['deferred', 0],
      ['past', 0],
      ['a', 10],
      ['b', 20],
      ['c', 20],
    ]);
    expect([clock.now(), clock.pending]).toEqual([20, 1]);
  });

  it('runs what is set or deferred meanwhile, and not what is cancelled meanwhile', () => {
    const clock = new VirtualClock(0);
    const ran: [string, number][] = [];
    const note = (name: string) => (): unknown => ran.push([name, clock.now()]);
    const cancelled = clock.set(15, note('cancelled'));
    clock.set(10, () => {
      cancelled.cancel();
      clock.set(12, note('nested'));
      clock.defer(note('deferred'));
    });
    clock.advance(100);

    expect(ran).toEqual([
      ['deferred', 10],
      ['nested', 12],
    ]);
    expect(clock.now()).toBe(100);
  });

  it('knows whether a pending timer would keep a process alive', () => {
    const clock = new VirtualClock();
    const timer = clock.set(clock.now() + 1, () => undefined);
    expect(clock.keepsAlive).toBe(true);
    timer.unref();
    expect(clock.keepsAlive).toBe(false);
    timer.ref();
    clock.advance(1);
    expect(clock.keepsAlive).toBe(false);
  });

  it('tells of what never comes to rest', () => {
    const clock = new VirtualClock();
    const again = (): void => {
      clock.set(clock.now(), again);
    };
    again();
    expect(() => clock.advance(1)).toThrow('the clock did not come to rest');
  });
});
