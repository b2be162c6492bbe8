import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowNow, instantLab, record } from '../pool/pool-lab.js';

describe('found by the model', () => {
  it('1: keeps minPerEndpoint free for the others, with three endpoints', () => {
    const clock = new VirtualClock();
    const transports = [fakeTransport('a'), fakeTransport('b'), fakeTransport('c')];
    for (const transport of transports.slice(0, 2)) transport.onOpen = (attempt) => attempt.accept();
    transports[2]!.onOpen = (attempt) => attempt.refuse();
    const pool = createPool(transports, { clock, max: 4, minPerEndpoint: 1, retry: { delay: 100 } });
    clock.turn();
    for (let i = 0; i < 6; i++) record(pool.borrow({ timeout: Infinity }));
    transports[2]!.onOpen = (attempt) => attempt.accept();
    clock.advance(60_000);
    expect(transports.map(({ active }) => active)).toEqual([expect.any(Number), expect.any(Number), 1]);
  });

  it('2: does not lend, from within `usable`, what that has just closed', async () => {
    const { pool, transport, clock } = instantLab({ validateAfter: 10 });
    transport.holdCloses = true;
    transport.validate = () => true;
    borrowNow(pool).release();
    clock.advance(11);
    transport.usable = () => {
      void pool.close();
      return true;
    };
    const lease = pool.tryBorrow();
    expect([lease, pool.stats.lent, pool.stats.closing]).toEqual([undefined, 0, 1]);
  });

  it('3: a borrow with timeout 0, retried at once, does not hold up the event loop', () => {
    const { pool, clock } = instantLab({ max: 1, idleTimeout: Infinity });
    borrowNow(pool);
    let tries = 0;
    const again = (): void => {
      if (tries++ < 1_000) pool.borrow({ timeout: 0 }).subscribe({ error: again });
    };
    again();
    const [deadline] = clock.upcoming;
    deadline!.cancel();
    deadline!.fn();
    expect(tries).toBe(2);
    clock.advance(0);
    expect(tries).toBe(1_001);
  });
});
