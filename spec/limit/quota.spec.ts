import { describe, expect, it } from 'vitest';
import { quota } from '../../src/limit/quota.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { askMany, FakeEntrant } from './fake-entrant.js';

describe('a quota', () => {
  it('gives each key leave for so many at once, whatever others have', () => {
    const limit = quota({ max: 2 });
    const enter = (key: string): boolean => limit.enter(key);

    expect(['a', 'a', 'a', 'b', 'b', 'b', ''].map(enter)).toEqual([true, true, false, true, true, false, true]);
  });

  it('says what it is and allows', () => {
    expect(quota({ max: 2 })).toMatchObject({ name: 'quota', bound: '2 at once' });
  });

  it('gives the next of the key leave when one is over, the first come first', () => {
    const limit = quota({ max: 1 });
    const served: string[] = [];
    askMany(limit, 'a', 3, served);
    askMany(limit, 'b', 2, served);
    expect(served).toEqual(['a0', 'b0']);
    limit.exit('a');
    expect(served).toEqual(['a0', 'b0', 'a1']);
    limit.retract('a');
    limit.exit('b');
    expect(served).toEqual(['a0', 'b0', 'a1', 'a2', 'b1']);
  });

  it('lets nobody pass those who wait', () => {
    const limit = quota({ max: 1 });
    limit.enter('a');
    const first = new FakeEntrant(() => {
      expect(limit.enter('a')).toBe(false);
    });
    limit.enter('a', first);
    expect(limit.enter('a')).toBe(false);
    limit.exit('a');

    expect(first.told).toBe(1);
  });

  it('forgets whoever gives up waiting', () => {
    const limit = quota({ max: 1 });
    const served: string[] = [];
    const [, one, , other] = askMany(limit, 'a', 5, served);
    limit.leave('a', one!);
    limit.leave('a', other!);
    for (let i = 0; i < 3; i++) limit.exit('a');

    expect(served).toEqual(['a0', 'a2', 'a4']);
    expect(limit.enter('a')).toBe(true);
  });

  it('does not put those in line who do not want to wait', () => {
    const limit = quota({ max: 1 });
    limit.enter('a');
    limit.enter('a');
    limit.exit('a');

    expect(limit.enter('a')).toBe(true);
  });

  it('keeps nothing of keys that nobody uses', async () => {
    const limit = quota({ max: 1 });
    await collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1_000_000; i++) {
      const key = `client ${i}`;
      limit.enter(key);
      limit.exit(key);
    }
    await collectGarbage();

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
    expect(limit.enter('client 5')).toBe(true);
  });
});

describe('the options of a quota', () => {
  it.each([
    [undefined, TypeError, 'quota: max is missing; it is how many leases a key may have at once'],
    [{}, TypeError, 'quota: max is missing; it is how many leases a key may have at once'],
    [{ max: 0 }, RangeError, 'quota: max must be an integer from 1 to 9007199254740991, got 0'],
    [{ max: Infinity }, RangeError, 'quota: max must be an integer from 1 to 9007199254740991, got Infinity'],
    [{ max: '5' }, TypeError, 'quota: max must be an integer from 1 to 9007199254740991, got "5"'],
    [{ max: 5, key: 'a' }, TypeError, 'quota: unknown option key; known are max'],
  ])('are refused where they are %j', (config, type, message) => {
    expect(() => quota(config as never)).toThrow(new type(message));
  });
});
