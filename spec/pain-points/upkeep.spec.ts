import { first, map, NEVER, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, fromFactory } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { VirtualClock, type SimulatedSocket } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';
import { JumpingClock } from './jumping-clock.js';
import { createWorld, useOnce } from './world.js';

const HOUR = 3_600_000;

describe('pain points of other pools', () => {
  it('4: a half-open connection goes unnoticed while it is idle', () => {
    const ping = (socket: SimulatedSocket): Observable<boolean> =>
      pingOver(network.tcp('server:1').data(socket), socket);
    const { clock, network, server, pool } = createWorld({
      ...{ min: 2, idleTimeout: Infinity, hookTimeout: 500 },
      ...{ validate: ping, validateEvery: 5_000 },
    });
    clock.advance(60_000);
    const before = [...network.sockets];
    expect(pool.stats).toMatchObject({ idle: 2, closed: 0 });
    server.partition();
    clock.advance(6_000);
    expect(before.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(pool.stats).toMatchObject({ idle: 0, closed: 2 });
    server.heal();
    clock.advance(60_000);
    expect(pool.stats.idle).toBe(2);
  });

  it('4: or is lent after a rest', () => {
    const ping = (socket: SimulatedSocket): Observable<boolean> =>
      pingOver(network.tcp('server:1').data(socket), socket);
    const { clock, network, server, pool } = createWorld({ max: 1, validate: ping, hookTimeout: 500 });
    const before = useOnce({ pool, clock });
    clock.advance(10_000);
    server.partition();
    const lease = record(pool.borrow());
    clock.advance(499);
    expect(pool.stats).toMatchObject({ checking: 1, lent: 0 });
    clock.advance(1);
    server.heal();
    clock.advance(1_000);
    expect([lease.only.socket === before, before.destroyed]).toEqual([false, true]);
  });

  it.each<[string, number, () => unknown]>([
    ['rejects', 0, async () => Promise.reject(new Error('no'))],
    [
      'throws',
      0,
      () => {
        throw new Error('no');
      },
    ],
    ['errors', 0, () => throwError(() => new Error('no'))],
    ['says no', 0, () => of(false)],
    ['never ends', 1_000, () => NEVER],
  ])('19: what is returned is lent unclean, or its slot lost, when cleaning it %s', async (_name, ms, clean) => {
    const { clock, network, pool } = createWorld({ max: 1, clean, hookTimeout: 1_000 });
    const used: SimulatedSocket[] = [];
    for (let i = 0; i < 3; i++) {
      const lease = record(pool.borrow());
      await clock.advanceAsync(10);
      used.push(lease.only.socket);
      lease.only.release();
      await clock.advanceAsync(ms);
    }
    await clock.advanceAsync(10);
    expect([new Set(used).size, used.map(({ destroyed }) => destroyed)]).toEqual([3, [true, true, true]]);
    expect([pool.stats.owned, network.sockets.size]).toEqual([0, 0]);
  });

  it('20: what was destroyed to clear the pool is lent again', async () => {
    const clock = new VirtualClock();
    const destroyed = new Set<object>();
    const factory = fromFactory({ create: () => ({}), destroy: (one) => destroyed.add(one) });
    const pool = createPool(factory, { clock, min: 2, max: 3 });
    await clock.advanceAsync(10);
    const old = pool.tryBorrow()!;
    const before = old.socket;
    pool.retire();
    await clock.advanceAsync(10);
    expect(pool.stats).toMatchObject({ idle: 1, lent: 1 });
    const leases = [record(pool.borrow()), record(pool.borrow())];
    old.release();
    await clock.advanceAsync(10);
    expect(leases.map(({ only }) => destroyed.has(only.socket))).toEqual([false, false]);
    expect([destroyed.size, destroyed.has(before)]).toEqual([2, true]);
    for (const { only } of leases) only.release();
    expect(pool.free()).toBe(0);
    expect(pool.stats).toMatchObject({ idle: 2, owned: 2 });
  });

  it('21: connections live for ever, or all end in the same moment', () => {
    const { clock, pool } = createWorld({ min: 20, max: 20, maxLifetime: HOUR });
    const closedAt: number[] = [];
    pool.events$.subscribe((event) => {
      if (event.type !== 'closed') return;
      expect(event.reason).toBe('lifetime');
      closedAt.push(clock.now());
    });
    clock.advance(1_000);
    const [bornBy, lent] = [clock.now(), pool.tryBorrow()!];
    clock.advance(HOUR);
    expect(pool.stats).toMatchObject({ idle: 19, lent: 1 });
    expect(closedAt).toHaveLength(19);
    expect(Math.max(...closedAt)).toBeLessThanOrEqual(bornBy + HOUR);
    expect(Math.max(...closedAt) - Math.min(...closedAt)).toBeGreaterThan(120_000);
    expect(lent.socket.readyState).toBe('open');
    lent.release();
    clock.advance(1_000);
    expect([closedAt.length, pool.stats.idle]).toEqual([20, 20]);
  });

  it('21: or however often they are used', () => {
    const { clock, pool } = createWorld({ max: 1, maxUses: 3 });
    const used = Array.from({ length: 9 }, () => useOnce({ pool, clock }));
    const which = [...new Set(used)];
    expect(used.map((socket) => which.indexOf(socket))).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  it.each([
    ['idle', { idleTimeout: 30_000, maxLifetime: Infinity }],
    ['lifetime', { idleTimeout: Infinity, maxLifetime: 600_000 }],
  ])('24: what has died while the process was frozen is lent after it: %s', (reason, config) => {
    const { clock, network, lab } = createWorld();
    const frozen = new JumpingClock(clock);
    const pool = lab.pool('server:1', { clock: frozen, max: 1, ...config });
    const reasons: string[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'closed') reasons.push(event.reason);
    });
    const before = useOnce({ pool, clock });
    expect(useOnce({ pool, clock })).toBe(before);
    frozen.jump(HOUR);
    // No timer has run since.
    expect(pool.tryBorrow()).toBeUndefined();
    expect(useOnce({ pool, clock })).not.toBe(before);
    expect([reasons, network.sockets.size]).toEqual([[reason], 1]);
  });

  it('24: or is not even looked at', () => {
    let validated = 0;
    const validate = (): boolean => {
      validated++;
      return true;
    };
    const { clock, lab } = createWorld();
    const frozen = new JumpingClock(clock);
    const never = { idleTimeout: Infinity, maxLifetime: Infinity, validateAfter: Infinity };
    const pool = lab.pool('server:1', { clock: frozen, max: 1, validate, ...never });
    useOnce({ pool, clock });
    clock.advance(HOUR);
    useOnce({ pool, clock });
    expect(validated).toBe(0);
    frozen.jump(HOUR);
    clock.advance(60_000);
    useOnce({ pool, clock });
    useOnce({ pool, clock });
    expect(validated).toBe(1);
  });
});

/** Asks for an echo. */
function pingOver(data$: Observable<Buffer>, socket: SimulatedSocket): Observable<boolean> {
  socket.write('ping\n');
  return data$.pipe(
    lines(),
    first(),
    map((line) => line === 'ping'),
  );
}
