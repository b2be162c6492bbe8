import { describe, expect, it } from 'vitest';
import { createPool, LimitExceededError, quota, rateLimit, type PoolEvent } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { ask, LimitsWorld } from './limits-lab.js';
import { record } from './pool-lab.js';

describe('a pool under a quota', () => {
  it('lends each client so much, and the rest when it has given something back, in order', () => {
    const pool = new LimitsWorld([quota({ max: 2 })]).add();
    const asked = Array.from({ length: 4 }, () => ask(pool, 'a'));
    expect(asked.map(({ values }) => values.length)).toEqual([1, 1, 0, 0]);
    asked[1]!.only.release();
    expect(asked.map(({ values }) => values.length)).toEqual([1, 1, 1, 0]);
    asked[0]!.only.release();
    expect(asked.map(({ values }) => values.length)).toEqual([1, 1, 1, 1]);
  });

  it('does not let a greedy client keep others waiting, nor open connections for it', () => {
    const world = new LimitsWorld([quota({ max: 2 })]);
    const pool = world.add({ max: 3 });
    for (let i = 0; i < 100; i++) ask(pool, 'greedy');
    expect(world.transports[0]!.opens).toHaveLength(2);
    const modest = ask(pool, 'modest');
    expect(modest.values).toHaveLength(1);
    const next = ask(pool, 'modest');
    modest.only.release();
    expect(next.values).toHaveLength(1);
  });

  it.each([{}, { endpoint: 'fake:1' }])(
    'lets who had to wait for leave, %j, stand behind those who wait already',
    (wish) => {
      const pool = new LimitsWorld([quota({ max: 1 })]).add({ max: 1 });
      const [a1, a2, b] = [ask(pool, 'a'), record(pool.borrow({ key: 'a', ...wish })), ask(pool, 'b')];
      a1.only.release();
      expect([a2.values.length, b.values.length]).toEqual([0, 1]);
      b.only.release();
      expect(a2.values).toHaveLength(1);
    },
  );

  it('serves the highest priority first, of those who have leave', () => {
    const pool = new LimitsWorld([quota({ max: 1 })]).add({ max: 1 });
    const first = ask(pool, 'a');
    const low = record(pool.borrow({ key: 'b', priority: -1 }));
    const parked = record(pool.borrow({ key: 'b', priority: 9 }));
    const high = record(pool.borrow({ key: 'c', priority: 1 }));
    first.only.release();
    expect([low, parked, high].map(({ values }) => values.length)).toEqual([0, 0, 1]);
    high.only.release();
    expect([low, parked].map(({ values }) => values.length)).toEqual([1, 0]);
    low.only.release();
    expect(parked.values).toHaveLength(1);
  });

  it('counts all who name no client together, through every face', async () => {
    const world = new LimitsWorld([quota({ max: 1 })]);
    const pool = world.add();
    const lease = record(pool.borrow()).only;
    expect(pool.tryBorrow()).toBeUndefined();
    const waiting = [record(pool.available$), record(pool.borrow({ key: '' })), record(pool.use(() => ['used']))];
    const ran = pool.run(() => 'ran');
    const acquired = pool.acquire();
    expect(pool.stats.waiting).toBe(5);
    expect(waiting.map(({ values }) => values.length)).toEqual([0, 0, 0]);
    waiting[0]!.subscription.unsubscribe();
    lease.release();
    expect(waiting.map(({ values }) => values.length)).toEqual([0, 1, 0]);
    const [, second] = waiting;
    (second!.only as typeof lease).release();
    expect(waiting[2]!.values).toEqual(['used']);
    await expect(ran).resolves.toBe('ran');
    (await acquired).release();
    expect(pool.tryBorrow()?.isOver).toBe(false);
  });

  it('knows the client in every face that has options', async () => {
    const pool = new LimitsWorld([quota({ max: 1 })]).add({ max: 9, concurrency: Infinity });
    const key = 'a';
    const lease = ask(pool, key).only;
    const others = [
      record(pool.use(() => ['used'], { key })),
      record(pool.allocate({ key })),
      record(pool.borrow({ key })),
    ];
    const ran = pool.run(() => 'ran', { key });
    const acquired = pool.acquire({ key });
    expect(pool.stats.waiting).toBe(5);
    expect(ask(pool, 'b').values).toHaveLength(1);
    lease.release();
    expect(others.map(({ values }) => values.length)).toEqual([1, 1, 1]);
    (others[2]!.only as typeof lease).release();
    await ran;
    (await acquired).release();
    expect(pool.stats.waiting).toBe(0);
  });

  it('lets a worker have one lease after the other, each under the limits', () => {
    const world = new LimitsWorld([quota({ max: 1 })]);
    const pool = world.add();
    const worker = record(pool.available$);
    const other = record(pool.borrow());
    worker.values[0]!.release();
    expect([worker.values.length, other.values.length]).toEqual([1, 1]);
    world.clock.turn();
    other.only.release();
    expect(worker.values).toHaveLength(2);
    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('tells of a borrower who waits for leave as of any other', () => {
    const pool = new LimitsWorld().add();
    const events: PoolEvent[] = [];
    ask(pool, 'a');
    pool.events$.subscribe((event) => events.push(event));
    const waiting = ask(pool, 'a');
    waiting.subscription.unsubscribe();
    expect(events.map(({ type }) => type)).toEqual(['queued', 'cancelled']);
  });
});

describe('a pool under a rate limit', () => {
  it('lends each client so much a second', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transport, { clock, limits: [rateLimit({ perSecond: 10, burst: 2, clock })] });
    let [greedy, modest] = [0, 0];
    for (let i = 0; i < 100; i++) pool.use(() => [1], { key: 'greedy' }).subscribe(() => greedy++);
    for (let i = 0; i < 3; i++) pool.use(() => [1], { key: 'modest' }).subscribe(() => modest++);
    expect([greedy, modest]).toEqual([2, 2]);
    clock.advance(1_000);
    expect([greedy, modest]).toEqual([12, 3]);
  });

  it('does not count borrows that got nothing', () => {
    const world = new LimitsWorld();
    const { clock } = world;
    const pool = world.add({ max: 1, limits: [rateLimit({ perSecond: 1, burst: 1, clock })] });
    const lease = ask(pool, 'other').only;
    for (let i = 0; i < 5; i++) expect(pool.tryBorrow()).toBeUndefined();
    const failed = record(pool.borrow({ timeout: 10 }));
    clock.advance(10);
    expect(failed.failed).toBe(true);
    record(pool.borrow()).subscription.unsubscribe();
    lease.release();
    expect(pool.tryBorrow()).toBeDefined();
  });
});

describe('several limits', () => {
  it('are passed in order, each by whoever has passed the one before', () => {
    const world = new LimitsWorld();
    const { clock } = world;
    const limits = [quota({ max: 2 }), rateLimit({ perSecond: 10, burst: 1, clock }), quota({ max: 1 })];
    const pool = world.add({ limits });
    const [first, second, third] = [ask(pool, 'a'), ask(pool, 'a'), ask(pool, 'a')];
    expect(first.values).toHaveLength(1);
    clock.advance(100);
    expect(second.values).toHaveLength(0);
    first.only.release();
    expect(second.values).toHaveLength(1);
    clock.advance(100);
    expect(third.values).toHaveLength(0);
    second.only.release();
    expect(third.values).toHaveLength(1);
    third.only.release();
    expect(limits.map((limit) => limit.enter('a'))).toEqual([true, false, true]);
  });

  it('of none are as good as left out', () => {
    const pool = new LimitsWorld([]).add({ overLimit: 'error' });
    expect(Array.from({ length: 5 }, () => ask(pool, 'a').values.length)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("overLimit: 'error'", () => {
  it('fails who is over a limit at once, and says which', () => {
    const world = new LimitsWorld([quota({ max: 5 }), quota({ max: 1 })]);
    const pool = world.add({ overLimit: 'error' });
    const lease = ask(pool, 'a').only;
    const { error } = record(pool.borrow({ key: 'a', label: 'import' }));
    expect(error).toBeInstanceOf(LimitExceededError);
    expect(error).toMatchObject({
      code: 'RXPOOL_LIMIT_EXCEEDED',
      retryable: true,
      message: 'pool shop: key "a" is over its quota of 1 at once for import',
      info: { pool: 'shop', key: 'a', limit: 'quota', bound: '1 at once', label: 'import' },
    });
    expect(ask(pool, 'a').error).toMatchObject({
      message: 'pool shop: key "a" is over its quota of 1 at once',
      info: { pool: 'shop', key: 'a', limit: 'quota', bound: '1 at once' },
    });
    lease.release();
    expect(ask(pool, 'a').values).toHaveLength(1);
  });

  it('keeps nothing of whoever failed, also not of the limits that it had passed', () => {
    const world = new LimitsWorld();
    const limits = [quota({ max: 2 }), quota({ max: 1 })];
    const pool = world.add({ overLimit: 'error', limits });
    const lease = ask(pool, 'a').only;
    for (let i = 0; i < 5; i++) expect(ask(pool, 'a').failed).toBe(true);
    lease.release();
    expect(limits.map((limit) => [limit.enter('a'), limit.enter('a')])).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('lets whoever has just given something back ask again, also out of a grant', () => {
    const pool = new LimitsWorld().add({ overLimit: 'error', max: 1 });
    const holder = ask(pool, 'holder').only;
    const again: unknown[] = [];
    pool.borrow({ key: 'a' }).subscribe((lease) => {
      lease.release();
      again.push(ask(pool, 'a'));
    });
    holder.release();
    expect(again).toMatchObject([{ failed: false, values: [{ isOver: false }] }]);
  });

  it('lets those wait who are within their limits', () => {
    const pool = new LimitsWorld([quota({ max: 2 })]).add({ overLimit: 'error', max: 1 });
    const lease = ask(pool, 'a').only;
    const waiting = ask(pool, 'a');
    expect(waiting.isOver).toBe(false);
    lease.release();
    expect(waiting.values).toHaveLength(1);
  });
});

describe('the options', () => {
  it.each([
    [{ limits: quota({ max: 1 }) }, 'createPool: limits must be an array of limits, made by quota or rateLimit'],
    [{ limits: 'a' }, 'createPool: limits must be an object, got "a"'],
    [{ limits: [{}] }, 'createPool: limits must be an array of limits, made by quota or rateLimit'],
    [{ limits: [null] }, 'createPool: limits must be an array of limits, made by quota or rateLimit'],
    [{ overLimit: true }, 'createPool: overLimit must be one of "wait", "error", got true'],
  ])('are refused where they are %j', (config, message) => {
    expect(() => createPool(fakeTransport(), config as never)).toThrow(new TypeError(message));
  });

  it('may not name a limit twice', () => {
    const limit = quota({ max: 1 });
    expect(() => createPool(fakeTransport(), { limits: [limit, limit] })).toThrow(
      new TypeError('createPool: limits has the same limit twice'),
    );
  });

  it('of a borrow name the client by a string', () => {
    const pool = new LimitsWorld().add();
    expect(() => pool.borrow({ key: 5 } as never)).toThrow(new TypeError('borrow: key must be a string, got 5'));
  });
});
