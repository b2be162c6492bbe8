import { describe, expect, it } from 'vitest';
import { consistentHash } from '../../src/balance/consistent-hash.js';
import { failover } from '../../src/balance/failover.js';
import { leastInUse } from '../../src/balance/least-in-use.js';
import type { Candidate } from '../../src/balance/candidate.js';
import { endpoints, type Endpoint } from './candidates.js';

/** Ten each with priorities 0, 1 and 2, of which so many are good. */
function groups(...good: readonly number[]): Endpoint[] {
  return endpoints(10 * good.length, (index) => ({
    priority: Math.floor(index / 10),
    state: index % 10 < good[Math.floor(index / 10)]! ? 'up' : 'down',
  }));
}

/** How many of each group are in scope. */
function used(all: readonly Candidate[], threshold?: number): number[] {
  const scope = failover(leastInUse(), { threshold }).scope!(all);
  return [0, 1, 2].map((priority) => scope.filter((one) => one.priority === priority).length);
}

describe('the scope', () => {
  it.each([
    { good: [10, 10, 10], scope: [10, 0, 0], why: 'all is well' },
    { good: [7, 10, 10], scope: [7, 0, 0], why: 'the first group is good enough' },
    { good: [6, 10, 10], scope: [6, 10, 0], why: 'the second has to join' },
    { good: [6, 7, 10], scope: [6, 7, 0], why: 'the second is good enough' },
    { good: [6, 6, 10], scope: [6, 6, 10], why: 'the third has to join' },
    { good: [6, 6, 1], scope: [6, 6, 1], why: 'no group is good enough' },
    { good: [0, 0, 1], scope: [0, 0, 1], why: 'one is left' },
    { good: [1, 0, 0], scope: [1, 0, 0], why: 'one is left, and the others could not help' },
    { good: [0, 0, 0], scope: [10, 10, 10], why: 'none is left' },
  ])('of $good is $scope: $why', ({ good, scope }) => {
    expect(used(groups(...good))).toEqual(scope);
  });

  it.each([
    { threshold: 0, good: [1, 10, 10], scope: [1, 0, 0] },
    { threshold: 0, good: [0, 2, 10], scope: [0, 2, 0] },
    { threshold: 1, good: [9, 10, 10], scope: [9, 10, 0] },
    { threshold: 1, good: [10, 10, 10], scope: [10, 0, 0] },
  ])('with a threshold of $threshold of $good is $scope', ({ threshold, good, scope }) => {
    expect(used(groups(...good), threshold)).toEqual(scope);
  });

  it('is not off by a rounding error', () => {
    const all = endpoints(200, (index) => ({ priority: index % 2, state: index < 110 ? 'up' : 'failed' }));
    expect(used(all, 0.55)).toEqual([55, 0, 0]);
  });

  it.each([
    ['idle', true],
    ['connecting', true],
    ['up', true],
    ['down', false],
    ['failed', false],
    ['ejected', false],
  ] as const)('has one that is %s: %s', (state, isIn) => {
    const all = endpoints(2, (index) => ({ state: index === 0 ? state : 'up' }));
    expect(failover().scope!(all)).toEqual(isIn ? all : [all[1]]);
  });

  it('begins with the lowest priority, whichever came first', () => {
    const all = endpoints(3, (index) => ({ priority: [7, -2, 0][index]! }));
    expect(failover().scope!(all)).toEqual([all[1]]);
  });

  it('of none is none', () => {
    expect(failover().scope!([])).toEqual([]);
  });
});

describe('what it is combined with', () => {
  it('keeps a picker', () => {
    const picker = leastInUse();
    expect(failover(picker)).toEqual({ picker, scope: expect.any(Function) as unknown });
  });

  it('keeps the ring of a balance', () => {
    const inner = consistentHash();
    expect(failover(inner)).toMatchObject({ picker: inner.picker, ring: inner.ring });
  });

  it('keeps the scope of a balance, within its own', () => {
    const all = endpoints(4, (index) => ({ priority: index < 3 ? 0 : 1 }));
    const { scope } = failover({ picker: leastInUse(), scope: (some) => some.slice(1) });
    expect(scope!(all)).toEqual([all[1], all[2]]);
  });

  it.each([
    [
      () => failover(leastInUse(), { threshold: 1.1 }),
      RangeError,
      'failover: threshold must be a number from 0 to 1, got 1.1',
    ],
    [
      () => failover(leastInUse(), { threshold: NaN }),
      RangeError,
      'failover: threshold must be a number from 0 to 1, got NaN',
    ],
    [
      () => failover({ threshold: 0.5 } as never),
      TypeError,
      'failover: picker must be a picker such as roundRobin(), ',
    ],
    [() => failover(undefined, { treshold: 1 } as never), TypeError, 'failover: unknown option treshold'],
  ])('refuses what is wrong: %s', (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
