import { concat, defer, EMPTY, NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { failover } from '../../src/balance/failover.js';
import {
  AcquireTimeoutError,
  createPool,
  endpoint,
  UnavailableError,
  type PoolConfig,
  type Transport,
} from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { afterPromises, borrowNow, FULL_DELAY, record, type FakePool } from './pool-lab.js';

type Lists = Observable<readonly Transport<FakeSocket, string>[]>;

/** An address that accepts at once. */
function at(address: string): FakeTransport {
  const transport = fakeTransport(address);
  transport.onOpen = (attempt) => attempt.accept();
  return transport;
}

function discovered(lists: Lists, config: PoolConfig<FakeSocket> = {}): { pool: FakePool; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { pool: createPool(lists, { clock, ...config }), clock };
}

function weighing(transport: FakeTransport, weight: number): Transport<FakeSocket, string> {
  return Object.assign(transport, { weight });
}

function addressesOf(pool: FakePool): string[] {
  return pool.endpoints.map(({ address }) => address);
}

describe('a pool over a source of endpoints', () => {
  it('connects to what the latest list names', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists);
    const waiter = record(pool.borrow());
    expect(waiter.values).toEqual([]);
    lists.next([at('a:1'), at('b:1')]);
    expect(waiter.only.endpoint.address).toBe('a:1');
    expect(addressesOf(pool)).toEqual(['a:1', 'b:1']);
    expect(borrowNow(pool).endpoint.address).toBe('b:1');
    expect(pool.status.state).toBe('up');
  });

  it('keeps the connections of what has the same address, also through another transport', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists);
    const first = at('a:1');
    lists.next([first]);
    const lease = borrowNow(pool);
    const { socket } = lease;
    lease.release();
    const second = at('a:1');
    lists.next([second, at('b:1')]);
    expect(borrowNow(pool).socket).toBe(socket);
    expect(second.opens).toEqual([]);
  });

  it('closes what is idle at an address that is no longer named, and what is lent when it comes back', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists);
    const [a, b] = [at('a:1'), at('b:1')];
    lists.next([a]);
    const lent = borrowNow(pool);
    const idle = borrowNow(pool);
    idle.release();
    const events = record(pool.events$);
    lists.next([b]);
    expect(pool.stats).toMatchObject({ idle: 0, lent: 1 });
    expect(lent.socket).toBe(a.opens[0]!.socket);
    lent.release();
    expect(pool.stats).toMatchObject({ owned: 0 });
    expect(events.values).toMatchObject([
      { type: 'removed', endpoint: 'a:1' },
      { type: 'closed', reason: 'removed', endpoint: 'a:1', slot: 1 },
      { type: 'added', endpoint: 'b:1' },
      { type: 'released', slot: 0 },
      { type: 'closed', reason: 'removed', endpoint: 'a:1', slot: 0 },
    ]);
    expect(borrowNow(pool).endpoint.address).toBe('b:1');
    expect(addressesOf(pool)).toEqual(['b:1']);
  });

  it('gives up attempts at an address that is no longer named, and goes on with the others', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists);
    const silent = fakeTransport('a:1');
    const waiter = record(pool.borrow());
    lists.next([silent]);
    expect(pool.stats.connecting).toBe(1);
    lists.next([at('b:1')]);
    expect(silent.last.isOver).toBe(true);
    expect(waiter.only.endpoint.address).toBe('b:1');
  });

  it('tells whoever insists on an address that it is no longer named', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists, { name: 'shop' });
    lists.next([fakeTransport('a:1'), at('b:1')]);
    const insisting = record(pool.borrow({ endpoint: 'a:1' }));
    lists.next([at('b:1')]);
    expect(insisting.error).toBeInstanceOf(UnavailableError);
    expect(insisting.error).toMatchObject({
      message: expect.stringContaining('pool shop: a:1 is no longer one of its endpoints') as string,
    });
    expect(() => pool.borrow({ endpoint: 'a:1' })).toThrow(TypeError);
  });

  it('takes the first of those with the same address', () => {
    const [first, second] = [at('a:1'), at('a:1')];
    const { pool } = discovered(of([first, second]));
    expect(addressesOf(pool)).toEqual(['a:1']);
    borrowNow(pool);
    expect(first.opens).toHaveLength(1);
  });

  it('keeps `min` up on whatever is named', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool, clock } = discovered(lists, { min: 3, max: 4 });
    clock.advance(10);
    lists.next([at('a:1')]);
    expect(pool.stats.idle).toBe(3);
    lists.next([at('b:1')]);
    expect(pool.stats.idle).toBe(3);
    expect(pool.slots.filter(({ state }) => state === 'idle').map(({ endpoint }) => endpoint)).toEqual([
      'b:1',
      'b:1',
      'b:1',
    ]);
  });

  it('dials for `min` only when whoever has made it can listen, also where its first list is there at once', () => {
    const { pool, clock } = discovered(of([at('a:1')]), { min: 1 });
    const events = record(pool.events$);
    expect(pool.stats.owned).toBe(0);
    clock.advance(1);
    expect(events.values.map(({ type }) => type)).toEqual(['connecting', 'opened']);
  });

  it('waits for as many connections as `ready` asks for, also before anything is named', async () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists, { min: 2 });
    let isReady = false;
    void pool.ready().then(() => (isReady = true));
    await afterPromises();
    expect(isReady).toBe(false);
    lists.next([at('a:1')]);
    await afterPromises();
    expect(isReady).toBe(true);
  });

  it('takes endpoints as well, which bring what they know', () => {
    const one = endpoint(at('a:1'), { clock: new VirtualClock() });
    const pool = createPool(of([one]));
    expect(pool.endpoints[0]!.endpoint).toBe(one);
  });

  it('goes by the weight of the latest list', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const seen: Record<string, number>[] = [];
    const { pool } = discovered(lists, {
      balance: (candidates) => {
        seen.push(Object.fromEntries(candidates.map(({ address, weight }) => [address, weight])));
        return candidates[0];
      },
    });
    lists.next([at('a:1'), weighing(at('b:1'), 3)]);
    borrowNow(pool);
    lists.next([at('a:1'), weighing(at('b:1'), 0)]);
    borrowNow(pool);
    expect(seen).toEqual([
      { 'a:1': 1, 'b:1': 3 },
      { 'a:1': 1, 'b:1': 0.001 },
    ]);
  });

  it('goes by the priority of the latest list', () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists, { balance: failover() });
    lists.next([at('a:1'), Object.assign(at('b:1'), { priority: 1 })]);
    expect(borrowNow(pool).endpoint.address).toBe('a:1');
    lists.next([Object.assign(at('a:1'), { priority: 2 }), Object.assign(at('b:1'), { priority: 1 })]);
    expect(borrowNow(pool).endpoint.address).toBe('b:1');
  });
});

describe('a source of endpoints', () => {
  it('that is empty makes borrowers wait, and says so', () => {
    const { pool, clock } = discovered(of([]), { name: 'shop', failFast: true });
    const waiter = record(pool.borrow({ timeout: 10 }));
    expect(waiter.isOver).toBe(false);
    clock.advance(10);
    expect(waiter.error).toBeInstanceOf(AcquireTimeoutError);
    expect(waiter.error).toMatchObject({
      message:
        'pool shop: no connection within 10 ms (0 lent, 0 idle, 0 checking, 0 connecting of 10; 0 more waiting; no endpoints known)',
    });
  });

  it.each([
    ['completes', EMPTY],
    ['says nothing', NEVER],
  ])('that %s leaves the pool as it is', (_, rest) => {
    const { pool } = discovered(concat(of([at('a:1')]), rest));
    expect(borrowNow(pool).endpoint.address).toBe('a:1');
    expect(addressesOf(pool)).toEqual(['a:1']);
  });

  it('that fails leaves the pool as it is, and is asked again with backoff', () => {
    const cause = new Error('no answer');
    let asked = 0;
    const source: Lists = defer(() => {
      asked++;
      return asked === 1
        ? concat(
            of([at('a:1')]),
            throwError(() => cause),
          )
        : throwError(() => cause);
    });
    const clock = new VirtualClock();
    const printed: string[] = [];
    const pool = createPool(source, {
      ...{ clock, name: 'shop', random: FULL_DELAY },
      logger: { print: (line: string) => printed.push(line) },
    });
    const events = record(pool.events$);
    expect(addressesOf(pool)).toEqual(['a:1']);
    clock.advance(99);
    expect(asked).toBe(1);
    clock.advance(1);
    expect(asked).toBe(2);
    clock.advance(200);
    expect(asked).toBe(3);
    expect(events.values).toMatchObject([
      { type: 'discoveryFailed', error: cause },
      { type: 'discoveryFailed', error: cause },
    ]);
    expect(addressesOf(pool)).toEqual(['a:1']);
    expect(printed).toContain('pool shop: discoveryFailed: no answer');
  });

  it('that has sent a list since it failed is asked again as soon as after the first failure', () => {
    let asked = 0;
    const source: Lists = defer(() => {
      asked++;
      return concat(
        asked === 2 ? of([at('a:1')]) : EMPTY,
        throwError(() => new Error('no answer')),
      );
    });
    const { clock } = discovered(source, { random: FULL_DELAY });
    clock.advance(100);
    expect(asked).toBe(2);
    clock.advance(100);
    expect(asked).toBe(3);
  });

  it('that has failed lets the process exit before it is asked again', () => {
    const { clock } = discovered(throwError(() => new Error('no answer')));
    expect(clock).toMatchObject({ pending: 1, keepsAlive: false });
  });

  it('that fails before it has named anything is the cause of a timeout', () => {
    const cause = new Error('no answer');
    const { pool, clock } = discovered(throwError(() => cause));
    const waiter = record(pool.borrow({ timeout: 10 }));
    clock.advance(10);
    expect(waiter.error).toMatchObject({
      cause,
      message: expect.stringContaining('no endpoints known (no answer)') as string,
    });
  });

  it.each<[string, unknown, string]>([
    ['what is no endpoint', ['a:1'], 'createPool: pass a transport such as tcp("localhost:5000")'],
    ['an absurd weight', [weighing(at('b:1'), -1)], 'endpoint: transport: weight must be a number from 0 to 1000000'],
    ['an absurd priority', [Object.assign(at('b:1'), { priority: 0.5 })], 'priority must be an integer'],
  ])('that lists %s is told of it, and its list is left aside', (_, list, message) => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool } = discovered(lists);
    const events = record(pool.events$);
    lists.next([at('a:1')]);
    lists.next(list as never);
    expect(addressesOf(pool)).toEqual(['a:1']);
    expect(events.values).toMatchObject([
      { type: 'added' },
      { type: 'discoveryFailed', error: { message: expect.stringContaining(message) as string } },
    ]);
    lists.next([at('c:1')]);
    expect(addressesOf(pool)).toEqual(['c:1']);
  });

  it('that sends no lists is left, and named as what it may be', () => {
    const lists = new Subject<unknown>();
    const { pool } = discovered(lists as never);
    const events = record(pool.events$);
    lists.next({ type: 'connecting' });
    expect(lists.observed).toBe(false);
    expect(events.only).toMatchObject({
      type: 'discoveryFailed',
      error: { message: expect.stringContaining('pass the endpoint itself, without pipe') as string },
    });
  });

  it('is left when the pool closes', async () => {
    const lists = new Subject<Transport<FakeSocket, string>[]>();
    const { pool, clock } = discovered(lists);
    lists.next([at('a:1')]);
    borrowNow(pool);
    const closed = pool.close({ borrowed: 'destroy' });
    expect(lists.observed).toBe(false);
    await closed;
    expect(clock.pending).toBe(0);
  });

  it('is not asked again by a pool that has closed', async () => {
    const { pool, clock } = discovered(throwError(() => new Error('no answer')));
    await pool.close();
    expect(clock.pending).toBe(0);
  });
});
