import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { borrowMany, borrowNow, handLab, instantLab, record, stockIdle, type FakePool } from './pool-lab.js';

/** What has been closed, and when, from now on. */
function closings(pool: FakePool): { reason: string; slot: number; at: number }[] {
  const closed: { reason: string; slot: number; at: number }[] = [];
  pool.events$.subscribe((event) => {
    if (event.type === 'closed') closed.push({ reason: event.reason, slot: event.slot, at: event.at });
  });
  return closed;
}

const EXACT = { lifetimeJitter: 0, idleTimeout: Infinity };

describe('maxLifetime', () => {
  it.each([10, 1_000, 30_000, 45_000, 1_800_000])('closes an idle connection after %i ms', (maxLifetime) => {
    const { pool, clock } = instantLab({ ...EXACT, maxLifetime });
    const closed = closings(pool);
    stockIdle(pool, 1);
    const born = clock.now();
    clock.advance(maxLifetime - 1);
    expect(pool.stats.idle).toBe(1);
    clock.advance(1 + Math.min(30_000, maxLifetime) / 16);
    expect(closed).toMatchObject([{ reason: 'lifetime' }]);
    expect(closed[0]!.at).toBeGreaterThanOrEqual(born + maxLifetime);
  });

  it('is 30 minutes by default, less a tenth at most', () => {
    const early = instantLab({ idleTimeout: Infinity, random: () => 1 - Number.EPSILON });
    const late = instantLab({ idleTimeout: Infinity, random: () => 0 });
    for (const { pool, clock } of [early, late]) {
      stockIdle(pool, 1);
      clock.advance(1_619_999);
      expect(pool.stats.idle).toBe(1);
      clock.advance(2_000);
    }
    expect([early.pool.stats.idle, late.pool.stats.idle]).toEqual([0, 1]);
    late.clock.advance(180_000);
    expect(late.pool.stats.idle).toBe(0);
  });

  it('is never with Infinity', () => {
    const { pool, clock } = instantLab({ maxLifetime: Infinity, idleTimeout: Infinity });
    stockIdle(pool, 1);
    clock.advance(100 * 86_400_000);
    expect(pool.stats).toMatchObject({ idle: 1, closed: 0 });
  });

  it('counts from the opening, however often the connection is used', () => {
    const { pool, clock } = instantLab({ max: 1, ...EXACT, maxLifetime: 60_000 });
    const closed = closings(pool);
    const born = clock.now();
    for (let i = 0; i < 70; i++) {
      record(pool.use(() => EMPTY));
      clock.advance(1_000);
    }
    expect(closed).toHaveLength(1);
    expect(closed[0]!.at - born).toBeLessThanOrEqual(62_000);
    expect(pool.stats.opened).toBe(2);
  });

  it('leaves what is lent to its borrower, and closes it when it comes back', () => {
    const { pool, transport, clock } = instantLab({ max: 1, ...EXACT, maxLifetime: 10_000 });
    const closed = closings(pool);
    const lease = borrowNow(pool);
    const next = record(pool.borrow({ timeout: Infinity }));
    clock.advance(50_000);
    expect(lease.socket.closed).toBe(false);
    lease.release();
    expect(closed).toMatchObject([{ reason: 'lifetime' }]);
    expect(transport.closes).toMatchObject([{ force: false }]);
    expect(next.only.socket.id).toBe(1);
  });

  it('replaces what min keeps', () => {
    const { pool, transport, clock } = instantLab({ min: 2, max: 2, ...EXACT, maxLifetime: 10_000 });
    clock.advance(35_000);
    expect(pool.stats).toMatchObject({ idle: 2, owned: 2 });
    expect(transport.opens.length).toBeGreaterThanOrEqual(8);
    expect(transport.mostActive).toBe(2);
  });

  it('does not end a connection that is being checked, but when that is done', async () => {
    const { pool, clock } = instantLab({
      ...{ max: 1, ...EXACT, maxLifetime: 10_000, hookTimeout: 60_000 },
      clean: async () => new Promise<void>((resolve) => (done = resolve)),
    });
    let done: () => void = () => undefined;
    const closed = closings(pool);
    const lease = borrowNow(pool);
    clock.advance(9_000);
    lease.release();
    clock.advance(5_000);
    expect(pool.stats.checking).toBe(1);
    done();
    await clock.advanceAsync(0);
    expect(closed).toMatchObject([{ reason: 'lifetime' }]);
  });

  it('is looked at in the grant, whether or not a timer has run', () => {
    const { pool, clock } = instantLab({ max: 1, ...EXACT, maxLifetime: 10_000 });
    const [old] = stockIdle(pool, 1);
    clock.advance(10_000);
    expect(old!.closed).toBe(true);
  });
});

describe('the expiry of idle connections', () => {
  it.each([2_000, 30_000, 100_000])(
    'of %i ms is seen within a sixteenth of the time between two looks',
    (maxLifetime) => {
      const { pool, clock } = instantLab({
        ...{ max: 200, idleTimeout: Infinity, maxLifetime, lifetimeJitter: 1 },
        random: lcg(),
      });
      const born: number[] = [];
      const late: number[] = [];
      const limit = Math.min(30_000, maxLifetime) / 16;
      pool.events$.subscribe((event) => {
        if (event.type === 'closed') late.push(event.at - born[event.slot]!);
      });
      const random = lcg();
      for (const lease of borrowMany(pool, 200)) {
        born.push(clock.now() + maxLifetime * (1 - random()));
        lease.release();
      }
      clock.advance(maxLifetime + limit);
      expect(late).toHaveLength(200);
      expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...late)).toBeLessThanOrEqual(limit);
    },
  );

  it('does not take a look for each', () => {
    const looks = new Set<number>();
    const { pool, transport, clock } = instantLab({
      ...{ max: 200, idleTimeout: Infinity, maxLifetime: 100_000, lifetimeJitter: 1 },
      random: lcg(),
    });
    stockIdle(pool, 200);
    transport.usable = () => looks.add(clock.now()).size > 0;
    clock.advance(110_000);
    expect(pool.stats.idle).toBe(0);
    expect(looks.size).toBeLessThanOrEqual(1 + 110_000 / (30_000 / 16));
  });
});

describe('idleTimeout', () => {
  it.each([0, 1, 500, 30_000, 90_000])('of %i ms closes what nobody has borrowed for as long', (idleTimeout) => {
    const { pool, clock } = instantLab({ idleTimeout, maxLifetime: Infinity });
    const closed = closings(pool);
    stockIdle(pool, 1);
    const start = clock.now();
    if (idleTimeout > 0) {
      clock.advance(idleTimeout - 1);
      expect(pool.stats.idle).toBe(1);
      clock.advance(1);
    } else clock.advance(1);
    expect(closed).toMatchObject([{ reason: 'idle' }]);
    expect(closed[0]!.at - start).toBe(idleTimeout);
  });

  it('is 30 s by default, and never with Infinity', () => {
    const some = instantLab({});
    const none = instantLab({ idleTimeout: Infinity });
    for (const { pool, clock } of [some, none]) {
      stockIdle(pool, 1);
      clock.advance(29_999);
      expect(pool.stats.idle).toBe(1);
      clock.advance(1_000_000);
    }
    expect([some.pool.stats.idle, none.pool.stats.idle]).toEqual([0, 1]);
  });

  it('closes down to min, the longest idle first', () => {
    const { pool, clock } = instantLab({ min: 2, max: 5, idleTimeout: 10_000 });
    clock.advance(1);
    const closed = closings(pool);
    const leases = borrowMany(pool, 5);
    for (const lease of [...leases].reverse()) {
      lease.release();
      clock.advance(100);
    }
    clock.advance(10_000);
    expect(closed.map(({ slot }) => slot)).toEqual([4, 3, 2]);
    clock.advance(1_000_000);
    expect(pool.stats).toMatchObject({ idle: 2, owned: 2, opened: 5 });
  });

  it('closes down to minPerEndpoint', () => {
    const { pool, clock } = instantLab({ minPerEndpoint: 3, max: 5, idleTimeout: 10_000, maxLifetime: Infinity });
    clock.advance(1);
    stockIdle(pool, 5);
    clock.advance(100_000);
    expect(pool.stats).toMatchObject({ idle: 3, owned: 3, opened: 5 });
  });

  it('starts anew with each loan', () => {
    const { pool, clock } = instantLab({ max: 1, idleTimeout: 10_000 });
    const [socket] = stockIdle(pool, 1);
    for (let i = 0; i < 10; i++) {
      clock.advance(9_000);
      record(pool.use(() => EMPTY));
    }
    expect(socket!.closed).toBe(false);
    clock.advance(10_000);
    expect(socket!.closed).toBe(true);
  });

  it('is not for what is lent, however long its borrower says nothing', () => {
    const { pool, clock } = instantLab({ idleTimeout: 1_000 });
    const lease = borrowNow(pool);
    clock.advance(1_000_000);
    expect(lease.socket.closed).toBe(false);
  });

  it('closes gracefully, and the slot is not free before that is done', () => {
    const { pool, transport, clock } = handLab({ max: 1, idleTimeout: 1_000 });
    record(pool.use(() => EMPTY));
    transport.last.accept();
    transport.holdCloses = true;
    clock.advance(1_000);
    expect(transport.closes).toMatchObject([{ force: false }]);
    const next = record(pool.borrow());
    expect([transport.opens.length, pool.stats.closing]).toEqual([1, 1]);
    transport.closes[0]!.finish();
    transport.last.accept();
    expect(next.values).toHaveLength(1);
  });
});

/** The same numbers from 0 to 1 each time. */
function lcg(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
