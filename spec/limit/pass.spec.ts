import { describe, expect, it } from 'vitest';
import type { Limit } from '../../src/limit/limit.js';
import { Pass } from '../../src/limit/pass.js';
import { quota } from '../../src/limit/quota.js';

/** How many places of a limit its key has left. */
function placesOf(limit: Limit): number {
  let places = 0;
  while (limit.enter('a')) places++;
  for (let i = 0; i < places; i++) limit.retract('a');
  return places;
}

describe('a pass', () => {
  it('goes through all limits at once where it can', () => {
    const limits = [quota({ max: 2 }), quota({ max: 3 })];
    const pass = new Pass(limits, 'a');
    expect([pass.isIn, pass.enter(), pass.isIn, pass.lacking]).toEqual([false, true, true, undefined]);
    expect(limits.map(placesOf)).toEqual([1, 2]);
  });

  it('waits where it must, says for what, and calls back once', () => {
    const limits = [quota({ max: 1 }), quota({ max: 1 })];
    const [first, second] = [new Pass(limits, 'a'), new Pass(limits, 'a')];
    first.enter();
    let times = 0;
    expect(second.enter()).toBe(false);
    expect(second.lacking).toBe('no leave of the quota (1 at once) for key "a"');
    second.wait(() => times++);
    expect(times).toBe(0);
    first.exit();
    expect([times, second.isIn]).toEqual([1, true]);
  });

  it.each(['exit', 'withdraw'] as const)('ends once, whatever comes after %s', (end) => {
    const limit = quota({ max: 2 });
    limit.enter('a');
    const pass = new Pass([limit], 'a');
    pass.enter();
    pass[end]();
    pass.exit();
    pass.withdraw();
    expect(placesOf(limit)).toBe(1);
  });

  it('takes no leave that comes when it has been withdrawn, and keeps none', () => {
    const limits = [quota({ max: 1 }), quota({ max: 1 })];
    const [first, second] = [new Pass(limits, 'a'), new Pass(limits.slice(1), 'a')];
    second.enter();
    let times = 0;
    first.enter();
    first.wait(() => times++);
    first.withdraw();
    second.exit();
    first.admitted();
    expect(times).toBe(0);
    expect(limits.map(placesOf)).toEqual([1, 1]);
  });
});
