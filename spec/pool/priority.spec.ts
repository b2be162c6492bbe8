import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError } from '../../src/index.js';
import { Sites } from './constraint-lab.js';
import { borrowNow, handLab, instantLab, record, type FakeLease, type FakePool, type Recording } from './pool-lab.js';

/** Borrowers of the given priorities, who note their place in the list when they are served. */
function queueOf(pool: FakePool, priorities: readonly number[], served: number[]): void {
  for (const [place, priority] of priorities.entries()) {
    pool.borrow({ priority }).subscribe((lease) => {
      served.push(place);
      lease.release();
    });
  }
}

describe('priority', () => {
  it('serves the highest first, and within one priority whoever came first', () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const served: number[] = [];
    queueOf(pool, [0, 5, -1, 5, 0, -1, 7], served);
    lease.release();
    expect(served).toEqual([6, 1, 3, 0, 4, 2, 5]);
  });

  it('is 0 unless told otherwise, for every face', async () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const served: string[] = [];
    const note = (name: string) => (one: FakeLease) => {
      served.push(name);
      one.release();
    };
    pool.borrow({ priority: -1 }).subscribe(note('low'));
    pool.borrow().subscribe(note('borrow'));
    const acquired = pool.acquire().then(note('acquire'));
    pool.use(() => [served.push('use')]).subscribe();
    pool.borrow({ priority: 1 }).subscribe(note('high'));
    const urgent = pool.acquire({ priority: 2 }).then(note('urgent acquire'));
    pool.use(() => [served.push('urgent use')], { priority: 3 }).subscribe();
    lease.release();
    await urgent;
    await acquired;
    expect(served).toEqual(['urgent use', 'urgent acquire', 'high', 'borrow', 'acquire', 'use', 'low']);
  });

  it('is for those who wait: what is idle goes to whoever asks, and a loan is not taken away', () => {
    const { pool } = instantLab({ max: 1 });
    const low = record(pool.borrow({ priority: -5 }));
    expect(low.values).toHaveLength(1);
    const high = record(pool.borrow({ priority: 5 }));
    expect(low.only.isOver).toBe(false);
    expect(high.values).toEqual([]);
  });

  it('of those who have left makes no difference', () => {
    const { pool, clock } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const served: number[] = [];
    const gone = record(pool.borrow({ priority: 9 }));
    const late = record(pool.borrow({ priority: 8, timeout: 10 }));
    queueOf(pool, [1, 2], served);
    gone.subscription.unsubscribe();
    clock.advance(10);
    lease.release();
    expect(late.error).toBeInstanceOf(AcquireTimeoutError);
    expect(served).toEqual([1, 0]);
  });

  it('decides over a connection that has just opened, however late the borrower came', () => {
    const { pool, transport } = handLab({ max: 1 });
    const first = record(pool.borrow());
    const urgent = record(pool.borrow({ priority: 1 }));
    transport.last.accept();
    expect(urgent.values).toHaveLength(1);
    expect(first.values).toEqual([]);
  });

  it.each([0.5, NaN, Infinity, '1'])('of %s is refused by name', (priority) => {
    const { pool } = instantLab();
    expect(() => pool.borrow({ priority: priority as number })).toThrow(/borrow: priority must be/);
  });
});

describe('first come, first served', () => {
  /** One connection to each of two addresses, both lent. */
  function twoLent(): Sites & { readonly leases: Record<'a' | 'b', FakeLease> } {
    const sites = new Sites(['a', 'b'], { max: 2 });
    return Object.assign(sites, { leases: { a: sites.now('a'), b: sites.now('b') } });
  }

  it('holds among those whom the connection could serve', () => {
    const sites = twoLent();
    const [wantsA, any, wantsB] = [sites.ask('a'), sites.ask(), sites.ask('b')];
    sites.leases.b.release();
    expect([wantsA, any, wantsB].map(({ values }) => values.length)).toEqual([0, 1, 0]);
    any.only.release();
    expect(wantsB.only.endpoint.address).toBe('b');
    sites.leases.a.release();
    expect(wantsA.only.endpoint.address).toBe('a');
  });

  it('holds for those who insist as for those who do not', () => {
    const sites = twoLent();
    const order: Recording<FakeLease>[] = [sites.ask('b'), sites.ask(), sites.ask('b'), sites.ask()];
    for (const [place, one] of order.entries()) {
      expect(order.map(({ values }) => values.length)).toEqual(order.map((_one, at) => (at < place ? 1 : 0)));
      if (place === 0) sites.leases.b.release();
      else order[place - 1]!.only.release();
      expect(one.only.endpoint.address).toBe('b');
    }
  });

  it('holds within a priority, and a higher one that could not be served does not stand in the way', () => {
    const sites = twoLent();
    const urgentA = record(sites.pool.borrow({ endpoint: 'a', priority: 3 }));
    const wantsB = sites.ask('b');
    const urgentAny = record(sites.pool.borrow({ priority: 1 }));
    sites.leases.b.release();
    expect(urgentAny.values).toHaveLength(1);
    urgentAny.only.release();
    expect(wantsB.values).toHaveLength(1);
    expect(urgentA.values).toEqual([]);
    sites.leases.a.release();
    expect(urgentA.only.endpoint.address).toBe('a');
  });
});
