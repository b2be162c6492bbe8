import { BehaviorSubject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, transport, type PoolStatus } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { borrowNow, handLab, inMarbles, instantLab, record, stockIdle } from './pool-lab.js';

const states = (values: readonly PoolStatus[]): string[] => values.map(({ state }) => state);

describe('status$', () => {
  it('emits at once and at each change, and never dials', () => {
    inMarbles(({ cold, expectObservable, expectSubscriptions }, clock) => {
      const socket = cold('--s---#', {}, new Error('reset'));
      const pool = createPool(
        transport(() => socket),
        { clock, retry: { count: 0 } },
      );
      const state = (name: string): unknown => expect.objectContaining({ state: name });
      expectObservable(pool.status$, '^').toBe('i-c-u---f', {
        i: state('idle'),
        c: state('connecting'),
        u: state('up'),
        f: state('failed'),
      });
      expectSubscriptions(socket.subscriptions).toBe('--^-----!');
      clock.schedule(() => pool.borrow().subscribe({ error: () => {} }), 2);
    });
  });

  it('has a value within the subscribe, as `requireSync` asks', () => {
    const { pool, transport: network } = handLab();
    const shown = new BehaviorSubject<PoolStatus | undefined>(undefined);
    pool.status$.subscribe(shown);
    expect(shown.value).toBe(pool.status);
    expect(record(pool.status$.pipe(take(1)))).toMatchObject({ completed: true });
    expect(network.opens).toHaveLength(0);
  });

  it('goes through connecting, up, down, up', () => {
    const { pool, transport: network, clock } = handLab({ min: 1, retry: { delay: 100 } });
    const status = record(pool.status$);
    clock.turn();
    clock.advance(10);
    network.last.accept();
    clock.advance(10);
    const error = new Error('reset');
    network.last.lose(error);
    expect(pool.status).toEqual({ state: 'down', since: 1_000_020, error, nextAttemptAt: 1_000_120 });
    clock.advance(100);
    network.last.accept();
    expect(states(status.values).filter((state, i, all) => state !== all[i - 1])).toEqual([
      'idle',
      'connecting',
      'up',
      'down',
      'up',
    ]);
    expect(pool.status.since).toBe(1_000_120);
    expect(status.failed).toBe(false);
  });

  it('is degraded while some endpoints are down and others are not', () => {
    const clock = new VirtualClock();
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    const pool = createPool([a, b], { clock, retry: { delay: 100 } });
    for (const one of [a, b]) one.onOpen = (attempt) => attempt.accept();
    const leases = [record(pool.borrow()).only, record(pool.borrow()).only];
    expect(leases).toHaveLength(2);
    expect(pool.status).toEqual({ state: 'up', since: 1_000_000 });
    const error = new Error('a is gone');
    clock.advance(6_000);
    a.onOpen = undefined;
    a.opens[0]!.lose(error);
    expect(pool.status).toMatchObject({ state: 'degraded', since: 1_006_000, error });
    b.onOpen = undefined;
    b.opens[0]!.lose(new Error('b is gone'));
    expect(pool.status.state).toBe('down');
  });

  it('is failed only when all endpoints have given up', () => {
    const clock = new VirtualClock();
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    const pool = createPool([a, b], { clock, retry: { count: 0 } });
    const status = record(pool.status$);
    record(pool.borrow());
    a.last.refuse();
    expect(pool.status.state).toBe('degraded');
    b.last.refuse();
    expect(pool.status.state).toBe('failed');
    expect(status.failed).toBe(false);
  });

  it('is closed from the close on, whatever the endpoints do, and completes when everything has closed', async () => {
    const { pool, transport: network, clock } = instantLab();
    network.holdCloses = true;
    stockIdle(pool, 1);
    const status = record(pool.status$);
    clock.advance(5);
    const closed = pool.close();
    expect(pool.status).toEqual({ state: 'closed', since: 1_000_005 });
    expect(status.completed).toBe(false);
    network.closes[0]!.finish();
    await closed;
    expect(states(status.values)).toEqual(['up', 'closed']);
    expect(status.completed).toBe(true);
    expect(record(pool.status$)).toMatchObject({ values: [{ state: 'closed' }], completed: true });
  });

  it('keeps `since` while the state stays the same', () => {
    const { pool, clock } = instantLab({ retry: { delay: 100 } });
    borrowNow(pool);
    clock.advance(100);
    borrowNow(pool);
    expect(pool.status).toEqual({ state: 'up', since: 1_000_000 });
  });

  it('shows every subscriber the changes in order, also where one of them causes the next', () => {
    const { pool } = instantLab();
    pool.status$.subscribe(({ state }) => {
      if (state === 'up') void pool.close({ borrowed: 'destroy' });
    });
    const second = record(pool.status$);
    record(pool.borrow());
    expect(states(second.values)).toEqual(['idle', 'connecting', 'up', 'closed']);
  });
});

describe('slots', () => {
  it('show each place with its state, age, uses, time in use and latency', () => {
    const { pool, transport: network, clock } = handLab();
    expect(pool.slots).toEqual([]);
    const waiter = record(pool.borrow());
    const connecting = {
      index: 0,
      endpoint: 'fake:1',
      state: 'connecting',
      age: 0,
      latency: 0,
      uses: 0,
      inUse: 0,
      leases: 0,
    };
    expect(pool.slots).toMatchObject([connecting]);
    clock.advance(15);
    network.last.accept();
    clock.advance(20);
    expect(pool.slots).toMatchObject([{ ...connecting, state: 'lent', age: 20, latency: 15, inUse: 20, leases: 1 }]);
    waiter.only.release();
    clock.advance(5);
    expect(pool.slots).toMatchObject([{ ...connecting, state: 'idle', age: 25, latency: 15, uses: 1 }]);
    borrowNow(pool).detach();
    expect(pool.slots).toMatchObject([{ ...connecting, state: 'empty' }]);
  });

  it('keep their index, and are used again before new ones are added', () => {
    const { pool } = instantLab();
    const leases = [borrowNow(pool), borrowNow(pool), borrowNow(pool)];
    leases[0]!.detach();
    leases[1]!.detach();
    borrowNow(pool);
    expect(pool.slots.map(({ index, state }) => `${index} ${state}`)).toEqual(['0 lent', '1 empty', '2 lent']);
  });
});

describe('endpoints', () => {
  it('show each endpoint with its status and its connections by state', () => {
    const clock = new VirtualClock();
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    for (const one of [a, b]) one.onOpen = (attempt) => attempt.accept();
    const pool = createPool([a, b], { clock });
    const leases = [1, 2, 3].map(() => record(pool.borrow()).only);
    a.holdCloses = true;
    leases[0]!.destroy();
    leases[1]!.release();
    expect(pool.endpoints).toMatchObject([
      { address: 'a', status: { state: 'up' }, connecting: 0, idle: 0, open: 1, closing: 1 },
      { address: 'b', status: { state: 'up' }, connecting: 0, idle: 1, open: 1, closing: 0 },
    ]);
    expect(pool.endpoints[0]!.endpoint.address).toBe('a');
  });
});
