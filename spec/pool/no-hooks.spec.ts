import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, transport, type Pool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record } from './pool-lab.js';

/** A pool over a transport that opens numbers and has no say in anything else. */
function numbers(): { pool: Pool<number, never>; clock: VirtualClock } {
  const clock = new VirtualClock();
  let opened = 0;
  const source = transport(() => new Observable<number>((subscriber) => subscriber.next(opened++)));
  return { pool: createPool(source, { clock, max: 2 }), clock };
}

describe('a transport that does no more than open', () => {
  it('has its idle connections lent again, however long they have rested', () => {
    const { pool, clock } = numbers();
    for (let i = 0; i < 3; i++) {
      const lease = record(pool.borrow()).only;
      expect(lease.socket).toBe(0);
      expect(pool.stats).toMatchObject({ lent: 1, idle: 0 });
      lease.release();
      expect(pool.stats).toMatchObject({ lent: 0, idle: 1, checking: 0 });
      clock.advance(10_000);
    }
  });

  it('has one connection for each borrower', () => {
    const { pool } = numbers();
    for (const lease of [pool.borrow(), pool.borrow()].map((one) => record(one).only)) lease.release();
    const sockets = [pool.tryBorrow(), pool.tryBorrow()].map((lease) => lease?.socket);
    expect(new Set(sockets)).toEqual(new Set([0, 1]));
    expect(pool.tryBorrow()).toBeUndefined();
  });
});
