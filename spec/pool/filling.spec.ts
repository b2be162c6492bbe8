import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, record, type FakePool } from './pool-lab.js';

interface World {
  readonly pool: FakePool;
  readonly clock: VirtualClock;
  readonly lists: Subject<FakeTransport[]>;
}

/** An address that accepts at once. */
function at(address: string, weight = 1): FakeTransport {
  const transport = Object.assign(fakeTransport(address), { weight });
  transport.onOpen = (attempt) => attempt.accept();
  return transport;
}

function worldOf(transports: FakeTransport[], config: PoolConfig<FakeSocket> = {}): World {
  const clock = new VirtualClock();
  const lists = new Subject<FakeTransport[]>();
  const pool = createPool(lists, { clock, max: 100, retry: { delay: 100, resetAfter: 10 }, ...config });
  lists.next(transports);
  return { pool, clock, lists };
}

/** Lends so many connections at once, and leaves them idle. */
function fill(pool: FakePool, count: number): void {
  for (const lease of borrowMany(pool, count)) lease.release();
}

const openAt = (pool: FakePool): Record<string, number> =>
  Object.fromEntries(pool.endpoints.map(({ address, open }) => [address, open]));

describe('an endpoint that joins others which have connections', () => {
  it('gets as many as they have on average, without anybody waiting', () => {
    const [a, b, c] = [at('a'), at('b'), at('c')];
    const { pool, lists } = worldOf([a, b]);
    fill(pool, 9);
    lists.next([a, b, c]);
    expect(openAt(pool)).toEqual({ a: 5, b: 4, c: 4 });
  });

  it('gets as many as its weight beside theirs says', () => {
    const [a, b, c] = [at('a'), at('b'), at('c', 3)];
    const { pool, lists } = worldOf([a, b]);
    fill(pool, 8);
    lists.next([a, b, c]);
    expect(openAt(pool)).toEqual({ a: 4, b: 4, c: 12 });
  });

  it('gets none where they have none', () => {
    const [a, b] = [at('a'), at('b')];
    const { pool, lists } = worldOf([a]);
    lists.next([a, b]);
    expect(openAt(pool)).toEqual({ a: 0, b: 0 });
  });

  it('gets no more than there is room for', () => {
    const [a, b] = [at('a'), at('b')];
    const { pool, lists } = worldOf([a], { max: 10 });
    fill(pool, 8);
    lists.next([a, b]);
    expect(openAt(pool)).toEqual({ a: 8, b: 2 });
  });

  it('gets them little by little where it starts slowly', () => {
    const [a, b] = [at('a'), at('b')];
    const { pool, lists, clock } = worldOf([a], { ejection: { slowStart: 1_000 }, idleTimeout: Infinity });
    fill(pool, 10);
    lists.next([a, b]);
    expect(openAt(pool)).toEqual({ a: 10, b: 1 });
    clock.advance(400);
    expect(openAt(pool)['b']).toBe(4);
    clock.advance(600);
    expect(openAt(pool)['b']).toBe(10);
  });
});

describe('an endpoint that is back', () => {
  it('gets as many connections as the others have meanwhile', () => {
    const [a, b] = [at('a'), at('b')];
    const { pool, clock } = worldOf([a, b]);
    b.onOpen = (attempt) => attempt.refuse();
    fill(pool, 6);
    expect(openAt(pool)).toEqual({ a: 6, b: 0 });
    b.onOpen = (attempt) => attempt.accept();
    clock.advance(200);
    expect(openAt(pool)).toEqual({ a: 6, b: 6 });
  });

  it('does not get more later, when others do', () => {
    const [a, b] = [at('a'), at('b')];
    const { pool, clock } = worldOf([a, b]);
    b.onOpen = (attempt) => attempt.refuse();
    fill(pool, 2);
    b.onOpen = (attempt) => attempt.accept();
    clock.advance(200);
    expect(openAt(pool)).toEqual({ a: 2, b: 2 });
    for (let i = 0; i < 5; i++) record(pool.borrow({ endpoint: 'a' }));
    expect(openAt(pool)).toEqual({ a: 5, b: 2 });
  });
});
