import { describe, expect, it, vi } from 'vitest';
import { createPool, createRegistry, PoolClosedError, type Pool, type Registry } from '../../src/index.js';
import { EventQueue } from '../../src/pool/event-queue.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeTransport } from '../endpoint/fake-transport.js';
import { afterPromises, borrowNow, record, stockIdle, type FakePool } from './pool-lab.js';

/** A transport whose sockets open, and close, at once. */
function instant(address = 'fake:1'): FakeTransport {
  const transport = fakeTransport(address);
  transport.onOpen = (attempt) => attempt.accept();
  return transport;
}

/** A further pool, which has no time of its own. */
function add(pools: Registry, name: string, network = instant()): FakePool {
  return pools.create(name, network, { clock: new VirtualClock() });
}

const names = (pools: readonly Pool[]): string[] => pools.map(({ name }) => name);

describe('create', () => {
  it('makes a pool as createPool does, under its name', () => {
    const pools = createRegistry();
    const pool = pools.create('cache', [instant('a:1'), instant('b:2')], { max: 1, clock: new VirtualClock() });
    expect(pool.name).toBe('cache');
    expect(pool.endpoints.map(({ address }) => address)).toEqual(['a:1', 'b:2']);
    expect(borrowNow(pool).endpoint.address).toBe('a:1');
    expect(record(pool.borrow()).values).toEqual([]);
  });

  it('has the name in the errors of the pool', async () => {
    const pools = createRegistry();
    const pool = add(pools, 'cache');
    await pool.close();
    expect(record(pool.borrow()).error).toMatchObject({ message: 'pool cache is closed', info: { pool: 'cache' } });
  });

  it('refuses a name that is taken, and leaves that pool alone', () => {
    const pools = createRegistry();
    const pool = add(pools, 'cache');
    expect(() => add(pools, 'cache')).toThrow(new TypeError('create: the name cache is taken already'));
    expect(pools.get('cache')).toBe(pool);
    expect(pool.status.state).toBe('idle');
  });

  it.each([undefined, 5, null, ''])('refuses %o as a name', (name) => {
    const pools = createRegistry();
    expect(() => pools.create(name as string, instant())).toThrow(new TypeError('create: a pool needs a name'));
    expect(pools.list()).toEqual([]);
  });

  it('keeps no pool that could not be made', () => {
    const pools = createRegistry();
    expect(() => pools.create('cache', instant(), { max: 0 })).toThrow(RangeError);
    expect(() => pools.create('cache', [])).toThrow('createPool: the list of endpoints is empty');
    expect(pools.has('cache')).toBe(false);
    expect(add(pools, 'cache').name).toBe('cache');
  });

  it.each<[unknown, string]>([
    [{ name: 'other' }, 'create: unknown option name'],
    [{ maximum: 5 }, 'create: unknown option maximum'],
    [5, 'create: config must be an object, got 5'],
    [null, 'create: config must be an object, got null'],
  ])('refuses the options %o', (config, message) => {
    expect(() => createRegistry().create('cache', instant(), config as object)).toThrow(message);
  });
});

describe('get and list', () => {
  it('give the pools that there are, in the order of their making', () => {
    const pools = createRegistry();
    const [b, a] = [add(pools, 'b'), add(pools, 'a')];
    expect(pools.get('a')).toBe(a);
    expect(pools.has('a')).toBe(true);
    expect(pools.list()).toEqual([b, a]);
  });

  it('refuse a name that nobody has, naming those that there are', () => {
    const pools = createRegistry();
    expect(pools.has('c')).toBe(false);
    expect(() => pools.get('c')).toThrow(new TypeError('get: there is no pool c; there is none at all'));
    for (const name of ['b', 'a']) add(pools, name);
    expect(() => pools.get('c')).toThrow(new TypeError('get: there is no pool c; there are b, a'));
  });

  it('know nothing of the pools of others', () => {
    const pools = createRegistry();
    createPool(instant(), { name: 'cache' });
    createRegistry().create('cache', instant());
    expect(pools.list()).toEqual([]);
    expect(pools.has('cache')).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString'])('take %s for a name like any other', async (name) => {
    const pools = createRegistry();
    expect(pools.has(name)).toBe(false);
    add(pools, name);
    const reports = await pools.closeAll();
    expect(Object.entries(reports)).toEqual([[name, { closed: 0, destroyed: 0, left: 0 }]]);
  });

  it('give a list that stays as it was', async () => {
    const pools = createRegistry();
    add(pools, 'a');
    const before = pools.list();
    add(pools, 'b');
    await pools.close('a');
    expect(names(before)).toEqual(['a']);
    expect(names(pools.list())).toEqual(['b']);
  });
});

describe('close', () => {
  it('closes one pool and gives its report', async () => {
    const pools = createRegistry();
    stockIdle(add(pools, 'a'), 2);
    const b = add(pools, 'b');
    expect(await pools.close('a')).toEqual({ closed: 2, destroyed: 0, left: 0 });
    expect(names(pools.list())).toEqual(['b']);
    expect(b.status.state).toBe('idle');
  });

  it('hands its options on', async () => {
    const pools = createRegistry();
    borrowNow(add(pools, 'a'));
    expect(await pools.close('a', { borrowed: 'leave' })).toEqual({ closed: 0, destroyed: 0, left: 1 });
  });

  it('of a name that nobody has is done already', async () => {
    const pools = createRegistry();
    add(pools, 'a');
    await pools.close('a');
    expect(await pools.close('a')).toBeUndefined();
    expect(await pools.close('never')).toBeUndefined();
  });

  it('rejects for wrong options, also where there is nothing to close', async () => {
    await expect(createRegistry().close('a', { timeout: -1 })).rejects.toThrow(RangeError);
  });
});

describe('a name', () => {
  it('is free as soon as everything of its pool has closed, and not before', async () => {
    const pools = createRegistry();
    const network = instant();
    network.holdCloses = true;
    const old = add(pools, 'cache', network);
    stockIdle(old, 1);
    const closed = pools.close('cache');
    expect(() => add(pools, 'cache')).toThrow(
      new TypeError('create: the name cache is taken until its pool has closed'),
    );
    expect(pools.get('cache')).toBe(old);
    expect(names(pools.list())).toEqual(['cache']);
    network.closes[0]!.finish();
    await closed;
    expect(pools.has('cache')).toBe(false);
    expect(add(pools, 'cache')).not.toBe(old);
  });

  it('is free too when the pool was closed by itself', async () => {
    const pools = createRegistry();
    await add(pools, 'cache').close();
    expect(pools.list()).toEqual([]);
    expect(add(pools, 'cache').name).toBe('cache');
  });

  it('stays with its second pool, whatever is done to the first', async () => {
    const pools = createRegistry();
    const first = add(pools, 'cache');
    await first.close();
    const second = add(pools, 'cache');
    await first.close();
    expect(pools.get('cache')).toBe(second);
  });

  it('can be taken again in the very moment of the end', () => {
    const pools = createRegistry();
    const first = add(pools, 'cache');
    let second: Pool | undefined;
    first.status$.subscribe({ complete: () => (second = add(pools, 'cache')) });
    void first.close();
    expect(second).toBeDefined();
    expect(pools.get('cache')).toBe(second);
  });
});

describe('closeAll', () => {
  it('closes every pool and reports by name when all have closed', async () => {
    const pools = createRegistry();
    const slow = instant();
    slow.holdCloses = true;
    stockIdle(add(pools, 'slow', slow), 1);
    stockIdle(add(pools, 'quick'), 2);
    const reports = pools.closeAll();
    expect(await stateOf(reports)).toBe('pending');
    slow.closes[0]!.finish();
    expect(await reports).toEqual({
      slow: { closed: 1, destroyed: 0, left: 0 },
      quick: { closed: 2, destroyed: 0, left: 0 },
    });
    expect(pools.list()).toEqual([]);
  });

  it('tells all of them at once, not one after the other', () => {
    const pools = createRegistry();
    for (const name of ['a', 'b']) borrowNow(add(pools, name));
    const [a, b] = pools.list();
    void pools.closeAll();
    expect([a!.status.state, b!.status.state]).toEqual(['closed', 'closed']);
    void pools.closeAll({ borrowed: 'destroy' });
  });

  it('hands its options on to each', async () => {
    const pools = createRegistry();
    for (const name of ['a', 'b']) borrowNow(add(pools, name));
    const destroyed = { closed: 0, destroyed: 1, left: 0 };
    expect(await pools.closeAll({ borrowed: 'destroy' })).toEqual({ a: destroyed, b: destroyed });
  });

  it('called twice hardens the first, and both get the same', async () => {
    const pools = createRegistry();
    borrowNow(add(pools, 'a'));
    const first = pools.closeAll();
    expect(await stateOf(first)).toBe('pending');
    const second = pools.closeAll({ borrowed: 'destroy' });
    expect(await second).toEqual({ a: { closed: 0, destroyed: 1, left: 0 } });
    expect(await first).toEqual(await second);
  });

  it('of nothing has nothing to report', async () => {
    expect(await createRegistry().closeAll()).toEqual({});
  });

  it('includes a pool that is closing already', async () => {
    const pools = createRegistry();
    const lease = borrowNow(add(pools, 'a'));
    const one = pools.close('a');
    const all = pools.closeAll();
    lease.release();
    expect(await all).toEqual({ a: await one });
  });

  it('rejects for wrong options before it closes anything', async () => {
    const pools = createRegistry();
    const pool = add(pools, 'a');
    await expect(pools.closeAll({ timeout: -1 })).rejects.toThrow(RangeError);
    expect(pool.status.state).toBe('idle');
  });

  it('is not confused by a borrower that closes another pool when its own does', async () => {
    const pools = createRegistry();
    const [a, b] = [add(pools, 'a', fakeTransport()), add(pools, 'b')];
    a.borrow().subscribe({ error: () => void b.close() });
    const none = { closed: 0, destroyed: 0, left: 0 };
    expect(await pools.closeAll()).toEqual({ a: none, b: none });
  });
});

describe('while closeAll is under way', () => {
  it('no pool is made, and afterwards again', async () => {
    const pools = createRegistry();
    const network = instant();
    const lease = borrowNow(add(pools, 'a', network));
    const closed = pools.closeAll();
    expect(() => add(pools, 'b', network)).toThrow(PoolClosedError);
    lease.release();
    await closed;
    expect(network.opens).toHaveLength(1);
    expect(add(pools, 'a', network).status.state).toBe('idle');
  });

  it('none is made in between by a borrower that has just failed', async () => {
    const pools = createRegistry();
    const late: unknown[] = [];
    pools
      .create('a', fakeTransport())
      .borrow()
      .subscribe({
        error: () => {
          try {
            add(pools, 'b');
          } catch (error) {
            late.push(error);
          }
        },
      });
    await pools.closeAll();
    expect(late).toEqual([expect.any(PoolClosedError)]);
    expect(pools.list()).toEqual([]);
  });

  it('and after several calls, again', async () => {
    const pools = createRegistry();
    const lease = borrowNow(add(pools, 'a'));
    const calls = [pools.closeAll(), pools.closeAll()];
    lease.release();
    await Promise.all(calls);
    expect(add(pools, 'a').name).toBe('a');
  });
});

describe('the end of a block', () => {
  it('closes all pools', async () => {
    let pool: Pool | undefined;
    {
      await using pools = createRegistry();
      pool = add(pools, 'a');
    }
    expect(pool.status.state).toBe('closed');
  });
});

it('keeping a pool makes no events', () => {
  const listen = vi.spyOn(EventQueue.prototype, 'listen');
  add(createRegistry(), 'a');
  expect(listen).not.toHaveBeenCalled();
  listen.mockRestore();
});

/** What a `closeAll` has come to so far. */
async function stateOf(reports: Promise<unknown>): Promise<unknown> {
  let state: unknown = 'pending';
  void reports.then((one) => (state = one));
  await afterPromises();
  return state;
}
