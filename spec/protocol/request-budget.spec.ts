import { describe, expect, it } from 'vitest';
import { RequestBudget } from '../../src/protocol/request-budget.js';

/** How many retries there are left, all of which are taken. */
function left(budget: RequestBudget, now: number): number {
  let count = 0;
  while (count < 10_000 && budget.spend(now)) count++;
  return count;
}

function earn(budget: RequestBudget, requests: number, now: number): void {
  for (let i = 0; i < requests; i++) budget.earn(now);
}

describe('a budget of retries', () => {
  it('is a part of the requests', () => {
    const budget = new RequestBudget(0.2);
    earn(budget, 1_000, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(200);
    earn(budget, 10, 1_000_500);
    expect(left(budget, 1_000_500)).toBe(2);
  });

  it('is ten where there are few', () => {
    const budget = new RequestBudget(0.2);
    earn(budget, 1, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(10);
    earn(budget, 48, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(0);
    earn(budget, 6, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(1);
  });

  it('is none without a part', () => {
    const budget = new RequestBudget(0);
    earn(budget, 1_000, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(0);
  });

  it('forgets what is longer ago than ten seconds: requests and retries alike', () => {
    const budget = new RequestBudget(0.2);
    earn(budget, 1_000, 1_000_000);
    expect(left(budget, 1_000_000)).toBe(200);
    earn(budget, 100, 1_005_000);
    expect(left(budget, 1_009_999)).toBe(20);
    // The requests and the retries of the beginning are gone.
    expect(left(budget, 1_010_000)).toBe(0);
    earn(budget, 100, 1_010_000);
    expect(left(budget, 1_010_000)).toBe(20);
    // Nothing is left of any of them.
    expect(left(budget, 1_500_000)).toBe(10);
  });

  it('never allows more than its part over any ten seconds', () => {
    const budget = new RequestBudget(0.2);
    const made: { readonly at: number; readonly retries: number }[] = [];
    for (let at = 1_000_000; at < 1_060_000; at += 500) {
      earn(budget, 100, at);
      made.push({ at, retries: left(budget, at) });
    }
    for (const { at: end } of made) {
      const inWindow = made.filter(({ at }) => at > end - 10_000 && at <= end);
      const retries = inWindow.reduce((sum, one) => sum + one.retries, 0);
      expect(retries).toBeLessThanOrEqual(0.2 * 100 * inWindow.length + 20);
    }
  });
});
