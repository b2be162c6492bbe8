import { describe, expect, it } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { record } from './pool-lab.js';

/** A pool of an endpoint that is well and a dead one, whose probe hangs in a slot while `lent` connections of the other are lent. */
function hangingProbe(lent: number, config: PoolConfig<FakeSocket>) {
  const clock = new VirtualClock();
  const [dead, good] = [fakeTransport('dead'), fakeTransport('good')];
  good.onOpen = (attempt) => attempt.accept();
  const pool = createPool([dead, good], { clock, idleTimeout: Infinity, retry: { delay: 100 }, ...config });
  const first = record(pool.borrow());
  dead.last.refuse();
  clock.advance(100);
  if (lent === 0) first.only.destroy();
  expect(pool.stats).toMatchObject({ lent, connecting: 1, owned: lent + 1 });
  expect(dead.opens).toHaveLength(2);
  return { clock, dead, good, pool, first };
}

describe('a probe that hangs in the last free slot of a pool', () => {
  it('gives way to a borrower whom another endpoint can serve', () => {
    const { pool, dead } = hangingProbe(0, { max: 1 });
    expect(record(pool.borrow()).only.endpoint.address).toBe('good');
    expect(dead.last.unsubscribed).toBe(true);
    expect(pool.stats).toMatchObject({ lent: 1, owned: 1 });
  });

  it('gives way to nobody where the others may not have one connection more', () => {
    const { pool, dead } = hangingProbe(1, { max: 2, maxPerEndpoint: 1 });
    expect(record(pool.borrow()).isOver).toBe(false);
    expect(dead.last.unsubscribed).toBe(false);
  });

  it('gives way to nobody where it is what minPerEndpoint keeps for its endpoint', () => {
    const { pool, dead } = hangingProbe(1, { max: 2, minPerEndpoint: 1 });
    expect(record(pool.borrow()).isOver).toBe(false);
    expect(dead.last.unsubscribed).toBe(false);
  });

  it('gives way to nobody while nobody waits', () => {
    const { pool, clock, dead, first } = hangingProbe(1, { max: 2 });
    first.only.release();
    clock.advance(100_000);
    expect(dead.last.unsubscribed).toBe(false);
    expect(dead.opens).toHaveLength(2);
    expect(pool.stats).toMatchObject({ idle: 1, connecting: 1 });
  });

  it('does not give way to somebody behind whoever wants it, although another is ahead whose connection is on its way', () => {
    const { pool, dead, good } = hangingProbe(0, { max: 2 });
    good.onOpen = undefined;
    // Enough to tell; a probe that gives way would be begun again without end.
    dead.onOpen = (attempt) => {
      if (dead.opens.length > 10) attempt.refuse();
    };
    record(pool.borrow({ endpoint: 'good' }));
    record(pool.borrow({ endpoint: 'dead' }));
    record(pool.borrow());
    expect(pool.stats).toMatchObject({ connecting: 2, waiting: 3 });
    expect(dead.last.unsubscribed).toBe(false);
    expect(dead.opens).toHaveLength(2);
  });

  it('gives way alone, not what is lent of its endpoint', () => {
    const clock = new VirtualClock();
    const [dead, good] = [fakeTransport('dead'), fakeTransport('good')];
    for (const transport of [dead, good]) transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool([dead, good], { clock, idleTimeout: Infinity, max: 2, retry: { delay: 100 } });
    const [old, other] = [record(pool.borrow()).only, record(pool.borrow()).only];
    expect([old.endpoint.address, other.endpoint.address]).toEqual(['dead', 'good']);
    dead.onOpen = undefined;
    other.destroy();
    const picked = record(pool.borrow());
    dead.last.refuse();
    picked.only.destroy();
    clock.advance(100);
    expect(pool.stats).toMatchObject({ lent: 1, connecting: 1 });

    expect(record(pool.borrow()).only.endpoint.address).toBe('good');
    expect(old.socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ lent: 2, connecting: 0, closing: 0 });
  });
});
