import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, createPool, type Clock, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { JumpingClock } from '../pain-points/jumping-clock.js';
import { record, type FakePool } from './pool-lab.js';

interface World {
  readonly pool: FakePool;
  readonly transport: FakeTransport;
  readonly clock: VirtualClock;
  /** The event loop stands still for so long: time passes, timers fire after it, and what has arrived is told behind the first of them. */
  block(ms: number, arrived: () => void): void;
}

function world(config: PoolConfig<FakeSocket> = {}): World {
  const clock = new VirtualClock();
  const jumping = new JumpingClock(clock);
  const transport = fakeTransport();
  const pool = createPool(transport, { clock: jumping as Clock, acquireTimeout: 1_000, ...config });
  const block = (ms: number, arrived: () => void): void => {
    jumping.jump(ms);
    // One round of timers, those that are due by now; then the sockets have their turn; then whatever timers were set meanwhile.
    const due = clock.upcoming.filter(({ at }) => at <= jumping.now());
    for (const timer of due) {
      timer.cancel();
      timer.fn();
    }
    arrived();
    clock.advance(0);
  };
  return { pool, transport, clock, block };
}

describe('a deadline that fires late', () => {
  it('looks once more: what has arrived meanwhile is lent', () => {
    const { pool, transport, block } = world();
    const waits = record(pool.borrow());
    block(5_000, () => transport.last.accept());
    expect(waits.error).toBeUndefined();
    expect(waits.values).toHaveLength(1);
    expect(pool.stats).toMatchObject({ timedOut: 0, lent: 1, waiting: 0 });
  });

  it('looks once more: what was given back meanwhile is lent', () => {
    const { pool, transport, block } = world({ max: 1 });
    const lease = record(pool.borrow());
    transport.last.accept();
    const waits = record(pool.borrow());
    block(5_000, () => lease.only.release());
    expect(waits.values).toHaveLength(1);
  });

  it('looks once only: whoever got nothing then fails without further delay', () => {
    const { pool, clock, block } = world();
    const waits = record(pool.borrow());
    block(5_000, () => undefined);
    clock.advance(0);
    expect(waits.error).toBeInstanceOf(AcquireTimeoutError);
    expect(waits.error).toMatchObject({ info: { waited: 5_000, timeout: 1_000 } });
    expect((waits.error as Error).message).toContain('no connection within 1000 ms');
    expect(pool.stats.timedOut).toBe(1);
  });

  it('is not needed where it fires in time', () => {
    const { pool, clock } = world();
    const waits = record(pool.borrow());
    clock.advance(999);
    expect(waits.isOver).toBe(false);
    clock.advance(1);
    expect(waits.error).toBeInstanceOf(AcquireTimeoutError);
  });
});
