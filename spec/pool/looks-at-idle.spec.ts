import { describe, expect, it } from 'vitest';
import { borrowNow, instantLab, stockIdle, type FakeLease } from './pool-lab.js';

describe('the look at idle connections', () => {
  it('closes by force what is no longer usable', () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: Infinity });
    stockIdle(pool, 1);
    transport.usable = () => false;
    clock.advance(30_000);
    expect(transport.closes).toMatchObject([{ force: true }]);
  });

  it('is taken every 30 s, whatever else is due before', () => {
    const { pool, transport, clock } = instantLab({ min: 1, idleTimeout: 100 });
    clock.turn();
    let looks = 0;
    transport.usable = () => {
      looks++;
      return true;
    };
    clock.advance(29_999);
    expect(looks).toBe(0);
    clock.advance(1);
    expect(looks).toBe(1);
    expect(pool.stats.idle).toBe(1);
  });

  it('is not put off by what is due more often', () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: Infinity, hookTimeout: 1_000 });
    let isBorrowing = false;
    let looks = 0;
    transport.usable = () => {
      if (!isBorrowing) looks++;
      return true;
    };
    transport.restore = ({ id }) => id === 0 || new Promise<boolean>(() => undefined);
    // Each round one connection is given up for a check that takes too long.
    for (let round = 0; round < 40; round++) {
      isBorrowing = true;
      const leases = [borrowNow(pool), borrowNow(pool)];
      isBorrowing = false;
      for (const lease of leases) lease.release();
      clock.advance(1_000);
    }
    expect(looks).toBe(1);
  });

  it('leaves alone what it has caused to be lent', () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: Infinity });
    stockIdle(pool, 2);
    let lease: FakeLease | undefined;
    transport.usable = () => {
      transport.usable = () => true;
      lease = pool.tryBorrow();
      transport.usable = () => false;
      return false;
    };
    clock.advance(30_000);
    expect(lease!.socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ lent: 1, closed: 1 });
  });
});
