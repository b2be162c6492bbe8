import { describe, expect, it } from 'vitest';
import { Heap, type Heaped } from '../../src/endpoint/heap.js';
import { seededRandom } from '../../src/testing/seeded-random.js';

class Member implements Heaped {
  place = -1;
  rank = 0;

  constructor(readonly order: number) {}
}

function members(count: number): Member[] {
  return Array.from({ length: count }, (_, order) => new Member(order));
}

/** Takes out the first of all, one after the other. */
function drained(heap: Heap<Member>): Member[] {
  return Array.from({ length: heap.size }, () => {
    const first = heap.first!;
    heap.remove(first);
    return first;
  });
}

describe('a heap', () => {
  it('has the lowest rank first, and the lowest order of equals, whoever came, went and moved', () => {
    const random = seededRandom(1);
    const below = (count: number): number => Math.floor(random() * count);
    const all = members(60);
    const heap = new Heap<Member>();
    const known = new Set<Member>();
    for (let i = 0; i < 20_000; i++) {
      const one = all[below(all.length)]!;
      const rank = below(12);
      switch (below(5)) {
        case 0:
        case 1:
          if (!known.has(one)) one.rank = rank;
          known.add(one);
          heap.add(one, rank);
          break;
        case 2:
          known.delete(one);
          heap.remove(one);
          break;
        default:
          one.rank = rank;
          heap.move(one, rank);
      }
      const sorted = [...known].sort((a, b) => a.rank - b.rank || a.order - b.order);
      expect([heap.size, heap.first, heap.firstRank]).toEqual([known.size, sorted[0], sorted[0]?.rank ?? Infinity]);
      expect(heap.first).toBe(sorted[0]);
      if (i % 1_000 !== 999) continue;
      expect(new Set(heap)).toEqual(known);
      expect(drained(heap)).toEqual(sorted);
      known.clear();
    }
  });

  it('takes those who cannot be ranked last', () => {
    const [a, b, c] = members(3) as [Member, Member, Member];
    const heap = new Heap<Member>();
    heap.add(a, Infinity);
    heap.add(b, 5);
    heap.add(c, -Infinity);
    expect(drained(heap)).toEqual([c, b, a]);
  });

  it('looks at a number of them that grows with the logarithm of how many there are', () => {
    let looks = 0;
    const all = members(1_000).map((one) => {
      const { order } = one;
      return Object.defineProperty(one, 'order', { get: () => (looks++, order) });
    });
    const heap = new Heap<Member>();
    // Equals, because their order is looked at whenever two are compared.
    for (const one of all) heap.add(one, 0);
    for (const one of all) {
      looks = 0;
      heap.move(one, 1);
      heap.move(one, 0);
      heap.remove(one);
      heap.add(one, 0);
      // Up and down twice each, over at most five levels of four; comparing two is a look at both.
      expect(looks).toBeLessThanOrEqual(4 * 5 * 4 * 2);
    }
  });
});
