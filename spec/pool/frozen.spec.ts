import { describe, expect, it } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { JumpingClock } from '../pain-points/jumping-clock.js';
import { borrowMany, borrowNow, record, stockIdle, type FakePool } from './pool-lab.js';

interface FrozenLab {
  readonly pool: FakePool;
  readonly transport: FakeTransport;
  readonly clock: VirtualClock;
  /** Lets time pass in which nothing runs. */
  freeze(ms: number): void;
}

function frozenLab(config: PoolConfig<FakeSocket>): FrozenLab {
  const clock = new VirtualClock();
  const jumping = new JumpingClock(clock);
  const transport = fakeTransport();
  transport.onOpen = (attempt) => attempt.accept();
  const pool = createPool(transport, { clock: jumping, ...config });
  return { pool, transport, clock, freeze: (ms) => jumping.jump(ms) };
}

const NEVER_ENDS = { idleTimeout: Infinity, maxLifetime: Infinity };

describe('after a time in which no timer has run', () => {
  it.each<[string, PoolConfig<FakeSocket>, string]>([
    ['idle too long', { ...NEVER_ENDS, idleTimeout: 10_000 }, 'idle'],
    ['too old', { ...NEVER_ENDS, maxLifetime: 10_000 }, 'lifetime'],
    ['both', { idleTimeout: 10_000, maxLifetime: 10_000 }, 'idle'],
    ['not good any more', { ...NEVER_ENDS, validate: () => false }, 'unhealthy'],
  ])('what is %s is not lent', (_name, config, reason) => {
    const { pool, freeze } = frozenLab({ max: 3, ...config });
    const sockets = stockIdle(pool, 3);
    const events = record(pool.events$);
    freeze(10_001);
    expect(pool.tryBorrow()).toBeUndefined();
    expect(sockets.map(({ closed }) => closed)).toEqual([true, true, true]);
    const reasons = events.values.flatMap((event) => (event.type === 'closed' ? [event.reason] : []));
    expect(reasons).toEqual([reason, reason, reason]);
    expect(borrowNow(pool).socket.id).toBe(3);
  });

  it.each(['hooks', 'no hooks'])('nor where its transport has %s', (hooks) => {
    const { pool, transport, freeze } = frozenLab({
      max: 1,
      maxLifetime: 10_000,
      idleTimeout: Infinity,
      validateAfter: Infinity,
    });
    if (hooks === 'no hooks') {
      for (const hook of ['ref', 'unref', 'usable', 'restore'] as const) {
        Object.defineProperty(transport, hook, { value: undefined });
      }
    }
    const [old] = stockIdle(pool, 1);
    freeze(10_000);
    expect(borrowNow(pool).socket).not.toBe(old);
  });

  it('what min keeps is lent, however long it was idle, if it is good', () => {
    const { pool, clock, freeze } = frozenLab({ min: 1, max: 2, ...NEVER_ENDS, idleTimeout: 10_000 });
    clock.advance(1);
    const sockets = stockIdle(pool, 2);
    freeze(60_000);
    expect(borrowNow(pool).socket).toBe(sockets[0]);
    expect(sockets.map(({ closed }) => closed)).toEqual([false, true]);
  });

  it("what is lent is its borrower's, and too old when it comes back", () => {
    const { pool, freeze } = frozenLab({ max: 1, maxLifetime: 10_000 });
    const lease = borrowNow(pool);
    freeze(3_600_000);
    expect(lease.socket.closed).toBe(false);
    const { socket } = lease;
    lease.release();
    expect(socket.closed).toBe(true);
  });

  it('what was not due meanwhile is lent', () => {
    const { pool, freeze } = frozenLab({ max: 1, ...NEVER_ENDS, idleTimeout: 10_000 });
    const [idle] = stockIdle(pool, 1);
    freeze(10_000);
    expect(borrowNow(pool).socket).toBe(idle);
  });
});

describe('a jump of the clock', () => {
  it.each([
    [60_000, true],
    [5_100, true],
    [4_000, false],
  ])('of %i ms is noticed by the next timer: %s', (ms, isNoticed) => {
    let asked = 0;
    const { pool, clock, freeze } = frozenLab({
      ...{ max: 2, ...NEVER_ENDS, validateAfter: Infinity },
      validate: () => ++asked > 0,
    });
    stockIdle(pool, 2);
    clock.advance(29_990);
    freeze(ms);
    clock.advance(100);
    for (const lease of borrowMany(pool, 2)) lease.release();
    borrowMany(pool, 2);
    expect(asked).toBe(isNoticed ? 2 : 0);
  });

  it('makes nobody suspect who is opened or given back after it', () => {
    let asked = 0;
    const { pool, clock, freeze } = frozenLab({
      ...{ max: 2, ...NEVER_ENDS, validateAfter: Infinity },
      validate: () => ++asked > 0,
    });
    const [lent, other] = borrowMany(pool, 2);
    other!.release();
    freeze(60_000);
    clock.advance(40_000);
    lent!.release();
    clock.advance(1);
    borrowNow(pool);
    expect(asked).toBe(0);
  });

  it('ends what was due within it at once', () => {
    const { pool, clock, freeze } = frozenLab({ max: 2, idleTimeout: 20_000 });
    stockIdle(pool, 2);
    freeze(86_400_000);
    clock.advance(20_000);
    expect(pool.stats).toMatchObject({ idle: 0, closed: 2 });
  });

  it('fails those whose time is up, once', () => {
    const { pool, clock, freeze } = frozenLab({ max: 1 });
    borrowNow(pool);
    const waiting = [record(pool.borrow({ timeout: 1_000 })), record(pool.borrow({ timeout: 200_000 }))];
    freeze(100_000);
    clock.advance(1_000);
    expect(waiting.map(({ failed }) => failed)).toEqual([true, false]);
  });
});
