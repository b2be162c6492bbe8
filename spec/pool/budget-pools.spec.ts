import { from, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, BudgetExceededError, createPool, type Budget } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { BudgetWorld } from './budget-pools-lab.js';
import { afterPromises, borrowMany, borrowNow, FULL_DELAY, instantLab, record, stockIdle } from './pool-lab.js';

describe('the permits of a pool', () => {
  it('are one for each socket, from before the dial until it has closed', () => {
    const world = new BudgetWorld(10);
    const { pool, transport } = world.add();
    transport.onOpen = undefined;
    transport.holdCloses = true;
    const waits = record(pool.borrow());
    expect(world.used).toBe(1);
    transport.last.accept();
    expect(world.used).toBe(1);
    waits.only.destroy();
    expect(pool.stats.closing).toBe(1);
    expect(world.used).toBe(1);
    transport.closes[0]!.finish();
    expect(world.used).toBe(0);
  });

  it('come back after a failed attempt, and after a loss', () => {
    const world = new BudgetWorld(10);
    const { pool, transport, clock } = { ...world.add(), clock: world.clock };
    transport.onOpen = (attempt) => attempt.refuse();
    record(pool.borrow());
    expect(world.used).toBe(0);
    transport.onOpen = (attempt) => attempt.accept();
    clock.advance(10_000);
    expect(world.used).toBe(1);
    transport.last.lose();
    expect(world.used).toBe(0);
  });

  it('come back when an attempt is given up', async () => {
    const world = new BudgetWorld(10);
    const { pool, transport } = world.add();
    transport.onOpen = undefined;
    record(pool.borrow());
    pool.slots[0]!.close();
    expect(world.used).toBe(1);
    const closed = pool.close();
    await closed;
    expect(world.used).toBe(0);
  });

  it('come back when a socket that is not ready in time has closed', () => {
    const world = new BudgetWorld(10);
    const { pool, transport } = world.add({ prepare: () => NEVER, hookTimeout: 100, failFast: true });
    transport.holdCloses = true;
    record(pool.borrow());
    world.clock.advance(100);
    expect(world.used).toBe(1);
    transport.closes[0]!.finish();
    expect(world.used).toBe(0);
  });

  it('come back for a detached socket when that really closes', () => {
    const world = new BudgetWorld(1);
    const { pool, transport } = world.add();
    borrowNow(pool).detach();
    expect(pool.stats.owned).toBe(0);
    expect(world.used).toBe(1);
    const waits = record(pool.borrow());
    expect(waits.values).toEqual([]);
    transport.opens[0]!.lose();
    expect(waits.values).toHaveLength(1);
    expect(world.used).toBe(1);
  });

  it('are all back after a close, whatever was under way', async () => {
    const world = new BudgetWorld(5);
    const { pool, transport } = world.add({ max: 10 });
    const other = world.add();
    borrowMany(pool, 2);
    borrowNow(pool).release();
    transport.onOpen = undefined;
    const [first, second] = [record(pool.borrow()), record(pool.borrow())];
    expect([first.values.length, second.values.length]).toEqual([1, 0]);
    borrowMany(other.pool, 1);
    record(pool.borrow());
    await pool.close({ borrowed: 'destroy' });
    await other.pool.close({ borrowed: 'destroy' });
    expect(world.budget.picture).toEqual({ limit: 5, used: 0, waiting: 0, members: [] });
    expect(world.active).toBe(0);
  });

  it('stay with those that are left to their borrowers, until they are done', async () => {
    const world = new BudgetWorld(5);
    const { pool } = world.add();
    const lease = borrowNow(pool);
    await pool.close({ borrowed: 'leave' });
    expect(world.used).toBe(1);
    lease.release();
    expect(world.used).toBe(0);
  });
});

describe('a borrower whose pool has no permit', () => {
  it('has the longest idle connection of any pool closed, and its own dialled when that is done', () => {
    const world = new BudgetWorld(4);
    const [a, b, c] = [world.add(), world.add(), world.add()];
    stockIdle(a.pool, 1);
    world.clock.advance(10);
    const [oldest] = stockIdle(b.pool, 2);
    world.clock.advance(10);
    borrowNow(a.pool).release();
    borrowNow(c.pool);
    b.transport.holdCloses = true;
    const waits = record(c.pool.borrow());
    expect(b.transport.closes).toMatchObject([{ socket: oldest, force: false }]);
    expect(waits.values).toEqual([]);
    expect(c.transport.opens).toHaveLength(1);
    expect(world.active).toBe(4);
    b.transport.closes[0]!.finish();
    expect(waits.values).toHaveLength(1);
    expect(b.closes).toEqual(['evicted']);
    expect(a.closes).toEqual([]);
    expect(world.active).toBe(4);
  });

  it('may have an idle connection of its own pool closed, to another endpoint', () => {
    const world = new BudgetWorld(1);
    const a = world.add();
    const b = world.add();
    stockIdle(a.pool, 1);
    expect(record(b.pool.borrow()).values).toHaveLength(1);
    expect(a.closes).toEqual(['evicted']);
  });

  it('is served by whatever comes free: a release elsewhere that nobody there waits for', () => {
    const world = new BudgetWorld(1);
    const [a, b] = [world.add(), world.add()];
    const lease = borrowNow(a.pool);
    const waits = record(b.pool.borrow());
    world.clock.advance(1_000);
    lease.release();
    expect(waits.values).toHaveLength(1);
    expect(a.closes).toEqual(['evicted']);
    expect(world.active).toBe(1);
  });

  it('is served by its own pool if a connection is given back there', () => {
    const world = new BudgetWorld(1);
    const [a] = [world.add(), world.add()];
    const lease = borrowNow(a.pool);
    const waits = record(a.pool.borrow());
    expect(world.budget.picture.waiting).toBe(1);
    lease.release();
    expect(waits.values).toHaveLength(1);
    expect(world.budget.picture.waiting).toBe(0);
    expect(a.closes).toEqual([]);
  });

  it('is not forgotten where its pool waits already for a connection that nobody else wanted', () => {
    const world = new BudgetWorld(2);
    const { clock, budget } = world;
    const other = world.add();
    stockIdle(other.pool, 1);
    const [slow, quick] = [fakeTransport('slow'), fakeTransport('quick')];
    quick.onOpen = (attempt) => attempt.accept();
    const pool = createPool([slow, quick], { clock, budget, min: 2, maxConnecting: 1 });
    clock.advance(0);
    record(pool.borrow({ endpoint: 'slow' }));
    expect(other.closes).toEqual([]);
    const waits = record(pool.borrow());
    expect(waits.values).toHaveLength(1);
    expect(other.closes).toEqual(['evicted']);
  });

  it('takes nothing from those who use theirs', () => {
    const world = new BudgetWorld(2);
    const [a, b] = [world.add(), world.add()];
    const leases = borrowMany(a.pool, 2);
    const waits = record(b.pool.borrow());
    world.clock.advance(20_000);
    expect(waits.values).toEqual([]);
    expect(leases.map(({ isOver }) => isOver)).toEqual([false, false]);
  });

  it('withdraws its request when it leaves, and nothing is closed for it any more', () => {
    const world = new BudgetWorld(1);
    const [a, b] = [world.add(), world.add()];
    const lease = borrowNow(a.pool);
    const waits = record(b.pool.borrow());
    expect(world.budget.picture.waiting).toBe(1);
    waits.subscription.unsubscribe();
    expect(world.budget.picture.waiting).toBe(0);
    lease.release();
    expect(a.closes).toEqual([]);
  });

  it('has nothing closed for it once it has left, where the others have connections on their way', () => {
    const world = new BudgetWorld(2);
    const [other, own] = [world.add(), world.add()];
    const lease = borrowNow(other.pool);
    own.transport.onOpen = undefined;
    record(own.pool.borrow());
    record(own.pool.borrow()).subscription.unsubscribe();
    expect(own.pool.stats).toMatchObject({ waiting: 1, connecting: 1 });
    lease.release();
    expect(other.closes).toEqual([]);
  });

  it('has it closed where another has left before it came', () => {
    const world = new BudgetWorld(2);
    const [other, own] = [world.add(), world.add()];
    const lease = borrowNow(other.pool);
    own.transport.onOpen = undefined;
    record(own.pool.borrow());
    record(own.pool.borrow()).subscription.unsubscribe();
    lease.release();
    record(own.pool.borrow());
    expect(other.closes).toEqual(['evicted']);
    expect(own.pool.stats).toMatchObject({ waiting: 2, connecting: 2 });
  });

  it('fails after its time with the picture of the budget', () => {
    const world = new BudgetWorld(2);
    const [a, b] = [world.add(), world.add()];
    borrowMany(a.pool, 2);
    const waits = record(b.pool.borrow({ timeout: 500, label: 'import' }));
    world.clock.advance(500);
    const { error } = waits;
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({
      code: 'RXPOOL_BUDGET_EXCEEDED',
      retryable: true,
      info: {
        ...{ pool: 'b', waited: 500, timeout: 500, label: 'import' },
        budget: {
          ...{ limit: 2, used: 2, waiting: 1 },
          members: [
            { name: 'a', used: 2, waiting: 0 },
            { name: 'b', used: 0, waiting: 1 },
          ],
        },
      },
    });
    expect(String(error)).toContain('2 of 2 used');
    expect(world.budget.picture.waiting).toBe(0);
  });

  it('fails at its signal with the picture, the reason being the cause', () => {
    const world = new BudgetWorld(1);
    const [a, b] = [world.add(), world.add()];
    borrowNow(a.pool);
    const stop = new AbortController();
    const waits = record(b.pool.borrow({ signal: stop.signal, label: 'import' }));
    world.clock.advance(100);
    const reason = new Error('no longer needed');
    stop.abort(reason);
    const info = { waited: 100, label: 'import' };
    expect(waits.error).toMatchObject({ name: 'BudgetExceededError', cause: reason, info });
    expect(world.budget.picture.waiting).toBe(0);
  });

  it('fails as ever where the budget is not what is short', () => {
    const world = new BudgetWorld(10);
    const { pool } = world.add({ max: 1 });
    borrowNow(pool);
    const waits = record(pool.borrow({ timeout: 10 }));
    world.clock.advance(10);
    expect(waits.error).toBeInstanceOf(AcquireTimeoutError);
  });
});

describe('an allocated socket', () => {
  it('is open when it is handed out, although its permit is waited for', () => {
    const world = new BudgetWorld(1);
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    b.onOpen = (attempt) => attempt.accept();
    const { clock, budget } = world;
    const pool = createPool([a, b], { clock, budget, concurrency: Infinity, acquireTimeout: Infinity });
    const states: boolean[] = [];
    pool.allocate({ endpoint: 'a' }).subscribe(({ closed }) => states.push(closed));
    const waits = record(pool.borrow({ endpoint: 'b' }));
    a.last.accept();
    expect(states).toEqual([false]);
    expect(waits.values).toHaveLength(1);
  });
});

describe('connections that nobody waits for', () => {
  it('are not opened at the cost of others: two pools whose `min` is more than the budget leave each other alone', () => {
    const world = new BudgetWorld(5);
    const [a, b] = [world.add({ min: 4, idleTimeout: 60_000 }), world.add({ min: 4, idleTimeout: 60_000 })];
    for (let hours = 0; hours < 5; hours++) {
      for (let i = 0; i < 30; i++) {
        world.clock.advance(120_000);
        expect(world.active).toBe(5);
      }
    }
    expect([...a.closes, ...b.closes]).not.toContain('evicted');
    expect(a.pool.stats.owned + b.pool.stats.owned).toBe(5);
    // One for each replaced: connections live half an hour.
    expect(a.transport.opens.length + b.transport.opens.length).toBeLessThan(5 * 20);
  });

  it('leave each other alone also while both are used', () => {
    const world = new BudgetWorld(6);
    const [a, b] = [world.add({ min: 4 }), world.add({ min: 4 })];
    world.clock.advance(0);
    for (let i = 0; i < 500; i++) {
      for (const { pool } of [a, b]) {
        const lease = record(pool.borrow()).only;
        world.clock.advance(1_000);
        lease.release();
      }
    }
    expect([...a.closes, ...b.closes]).not.toContain('evicted');
  });

  it('are opened once there is room', async () => {
    const world = new BudgetWorld(3);
    const a = world.add({ min: 3 });
    const b = world.add({ min: 2 });
    world.clock.advance(0);
    expect([a.pool.stats.idle, b.pool.stats.idle]).toEqual([3, 0]);
    await a.pool.close();
    world.clock.advance(0);
    expect(b.pool.stats.idle).toBe(2);
  });

  it('cost nobody a connection, least of all their own pool, because somebody waits for another endpoint', () => {
    const world = new BudgetWorld(1);
    const { clock, budget } = world;
    const [up, down] = [fakeTransport('up'), fakeTransport('down')];
    up.onOpen = (attempt) => {
      // Enough to tell; without an end to it the clock would never come to rest.
      if (up.opens.length < 100) attempt.accept();
    };
    down.onOpen = (attempt) => attempt.refuse();
    const config = { min: 2, max: 4, acquireTimeout: Infinity, retry: { delay: 100 }, random: FULL_DELAY };
    const pool = createPool([up, down], { clock, budget, ...config });
    record(pool.borrow({ endpoint: 'down' }));
    clock.advance(10_000);
    // The probes of the one that is down do need its permit now and then.
    expect(up.opens.length).toBeLessThanOrEqual(down.opens.length + 1);
    expect(down.opens.length).toBeGreaterThan(1);
  });

  it('do not get the permit that has come for somebody who waits', () => {
    const world = new BudgetWorld(1);
    const { clock, budget } = world;
    const [up, down] = [fakeTransport('up'), fakeTransport('down')];
    up.onOpen = (attempt) => attempt.accept();
    up.holdCloses = true;
    down.onOpen = (attempt) => attempt.refuse();
    const config = { min: 1, max: 2, acquireTimeout: Infinity, retry: { delay: 100 }, random: FULL_DELAY };
    const pool = createPool([up, down], { clock, budget, ...config });
    const waits = record(pool.borrow({ endpoint: 'down' }));
    down.onOpen = (attempt) => attempt.accept();
    clock.advance(1_000);
    // Its permit is needed for a probe of the other endpoint.
    expect(up.closes).toHaveLength(1);
    up.closes[0]!.finish();
    expect(waits.values).toHaveLength(1);
    expect(up.opens).toHaveLength(1);
  });

  it('come after those who wait', () => {
    const world = new BudgetWorld(1);
    const a = world.add();
    const lease = borrowNow(a.pool);
    const patient = world.add({ min: 1 });
    world.clock.advance(0);
    const urgent = world.add();
    const waits = record(urgent.pool.borrow());
    lease.destroy();
    expect(waits.values).toHaveLength(1);
    expect(patient.pool.stats.owned).toBe(0);
    waits.only.destroy();
    expect(patient.pool.stats.owned).toBe(1);
  });
});

describe('two pools of 100 under a budget of 50', () => {
  it('never have more than 50 open, and serve every borrower, none much later than the others', () => {
    const world = new BudgetWorld(50);
    const config = { max: 100, acquireTimeout: Infinity, maxWaiting: 10_000 };
    const pools = [world.add(config), world.add(config)];
    const { clock } = world;
    for (const { transport } of pools) {
      transport.onOpen = (attempt) => {
        clock.set(clock.now() + 5, () => {
          if (!attempt.isOver) attempt.accept();
        });
      };
    }
    const waits: number[] = [];
    let asked = 0;
    const ask = (which: number): void => {
      const since = clock.now();
      asked++;
      pools[which]!.pool.borrow().subscribe((lease) => {
        waits.push(clock.now() - since);
        clock.set(clock.now() + 20, () => lease.release());
      });
    };
    // The load swings from one pool to the other, and is more than the budget in each swing.
    for (let round = 0; round < 40; round++) {
      for (let burst = 0; burst < 10; burst++) {
        for (let i = 0; i < 15; i++) ask(i % 5 === 0 ? (round + 1) % 2 : round % 2);
        clock.advance(5);
        expect(world.active).toBeLessThanOrEqual(50);
        expect(world.used).toBeLessThanOrEqual(50);
      }
    }
    clock.advance(60_000);
    expect(waits).toHaveLength(asked);
    const mean = waits.reduce((sum, one) => sum + one, 0) / waits.length;
    expect(mean).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3 * mean);
    expect(pools.some(({ closes }) => closes.includes('evicted'))).toBe(true);
  });

  it('serve whoever comes to a pool that has nothing, while the other has all it wants', () => {
    const world = new BudgetWorld(50);
    const config = { max: 100, acquireTimeout: Infinity };
    const [greedy, modest] = [world.add(config), world.add(config)];
    const { clock } = world;
    let isOver = false;
    // Another borrower waits whenever a connection is given back, so that none of them is ever idle.
    const keepBusy = (): void => {
      greedy.pool.borrow().subscribe((lease) => {
        if (!isOver) keepBusy();
        clock.set(clock.now() + 20, () => lease.release());
      });
    };
    for (let i = 0; i < 200; i++) keepBusy();
    clock.advance(1_000);
    const since = clock.now();
    let waited = Infinity;
    modest.pool.borrow().subscribe((lease) => {
      waited = clock.now() - since;
      lease.release();
    });
    clock.advance(10_000);
    isOver = true;
    expect(waited).toBeLessThanOrEqual(100);
    clock.advance(10_000);
    expect(greedy.pool.stats).toMatchObject({ leases: 0, waiting: 0 });
  });

  it('share it fairly however unequal the load', () => {
    const world = new BudgetWorld(50);
    const config = { max: 100, acquireTimeout: Infinity };
    const [greedy, modest] = [world.add(config), world.add(config)];
    const { clock } = world;
    let isOver = false;
    const keepBusy = (): void => {
      if (isOver) return;
      greedy.pool.borrow().subscribe((lease) => {
        clock.set(clock.now() + 20, () => {
          // Given back before the next is asked for, so that the connection goes idle now and then.
          lease.release();
          keepBusy();
        });
      });
    };
    for (let i = 0; i < 200; i++) keepBusy();
    clock.advance(1_000);
    const waits: number[] = [];
    for (let i = 0; i < 20; i++) {
      const since = clock.now();
      modest.pool.borrow().subscribe((lease) => {
        waits.push(clock.now() - since);
        clock.set(clock.now() + 20, () => lease.destroy());
      });
      clock.advance(100);
    }
    clock.advance(1_000);
    isOver = true;
    expect(waits).toHaveLength(20);
  });
});

describe('a budget that is not ours', () => {
  const own = (reserve: Budget['reserve']): Budget => ({
    picture: { limit: 1, used: 0, waiting: 0, members: [] },
    join: () => () => undefined,
    reserve,
    offer: () => undefined,
    owes: () => false,
  });

  it('may answer later', async () => {
    const { pool } = instantLab({ budget: own(() => from(Promise.resolve({ release: () => undefined }))) });
    const waits = record(pool.borrow());
    expect(waits.values).toEqual([]);
    await afterPromises();
    expect(waits.values).toHaveLength(1);
  });

  it('whose answer is an error fails those who wait in their time, with that as the cause', () => {
    const failure = new Error('the budget server is gone');
    const { pool, clock } = instantLab({ acquireTimeout: 100, budget: own(() => throwError(() => failure)) });
    const waits = record(pool.borrow());
    clock.advance(100);
    expect(waits.error).toMatchObject({ name: 'BudgetExceededError', cause: failure });
  });

  it('whose answer is an error is asked again by the next who borrows', () => {
    let answers = 0;
    const permit = { release: () => undefined };
    const { pool, clock } = instantLab({
      acquireTimeout: 100,
      budget: own(() => (answers++ === 0 ? throwError(() => new Error('gone')) : of(permit))),
    });
    record(pool.borrow());
    clock.advance(100);
    expect(record(pool.borrow()).values).toHaveLength(1);
  });

  it('that throws instead of answering costs no more than one that fails', () => {
    const failure = new Error('not implemented');
    let throws = true;
    const { pool, clock } = instantLab({
      acquireTimeout: 100,
      budget: own(() => {
        if (throws) throw failure;
        return of({ release: () => undefined });
      }),
    });
    const waits = record(pool.borrow());
    clock.advance(100);
    expect(waits.error).toMatchObject({ name: 'BudgetExceededError', cause: failure });
    throws = false;
    expect(record(pool.borrow()).values).toHaveLength(1);
  });
});
