import { NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, endpoint, RetriesExhaustedError, type PoolConfig } from '../../src/index.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { handLab, record, type FakePool } from './pool-lab.js';

interface Site {
  readonly pool: FakePool;
  readonly clock: VirtualClock;
  readonly transports: readonly FakeTransport[];
}

/** A pool over the addresses, each accepting at once unless its name begins with `dead`. */
function site(addresses: readonly string[], config: PoolConfig<FakeSocket> = {}): Site {
  const clock = new VirtualClock();
  const transports = addresses.map((address) => fakeTransport(address));
  for (const transport of transports) {
    transport.onOpen = (attempt) => {
      if (transport.address.startsWith('dead')) attempt.refuse();
      else attempt.accept();
    };
  }
  return { pool: createPool(transports, { clock, ...config }), clock, transports };
}

const addressesOf = (pool: FakePool, count: number): string[] =>
  Array.from({ length: count }, () => record(pool.borrow()).only.endpoint.address);

describe('several endpoints that are up', () => {
  it('are dialled in turn', () => {
    const { pool } = site(['a', 'b', 'c']);
    expect(addressesOf(pool, 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('lend their idle connections in turn', () => {
    const { pool } = site(['a', 'b', 'c'], { max: 3 });
    const leases = Array.from({ length: 3 }, () => record(pool.borrow()).only);
    for (const lease of leases) lease.release();
    const lent: string[] = [];
    for (let i = 0; i < 6; i++) {
      const lease = record(pool.borrow()).only;
      lent.push(lease.endpoint.address);
      lease.release();
    }
    expect(new Set(lent.slice(0, 3))).toEqual(new Set(['a', 'b', 'c']));
    expect(lent.slice(3)).toEqual(lent.slice(0, 3));
  });

  it('help each other out: whoever is idle serves', () => {
    const { pool } = site(['a', 'b'], { max: 2 });
    const [, b] = [record(pool.borrow()).only, record(pool.borrow()).only];
    const waiters = [record(pool.borrow()), record(pool.borrow())];
    b.release();
    expect(waiters[0]!.only.endpoint.address).toBe('b');
    waiters[0]!.only.release();
    expect(waiters[1]!.only.endpoint.address).toBe('b');
  });

  it('may be endpoints as well as transports, shared between pools', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport('shared');
    const shared = endpoint(transport, { clock, retry: { count: 0 } });
    const one = createPool(shared, { clock });
    const other = createPool([shared, fakeTransport('own')], { clock, maxPerEndpoint: 1 });
    record(one.borrow());
    transport.last.refuse();
    expect(shared.status.state).toBe('failed');
    expect(one.status.state).toBe('failed');
    expect(other.status.state).toBe('degraded');
    expect(other.endpoints.map(({ endpoint: member }) => member)[0]).toBe(shared);
  });
});

describe('a dead endpoint beside one that is up', () => {
  it('delays no borrower while the other has room', () => {
    const { pool } = site(['dead', 'up'], { retry: { delay: 100 } });
    expect(addressesOf(pool, 5)).toEqual(Array.from({ length: 5 }, () => 'up'));
    expect(pool.status.state).toBe('degraded');
  });

  it('costs one probe at a time, each after its delay, however many borrow', () => {
    const { pool, clock, transports } = site(['dead', 'up'], { retry: { delay: 100 }, max: 5 });
    const [dead] = transports;
    dead!.onOpen = undefined;
    const waiters = Array.from({ length: 20 }, () => record(pool.borrow()));
    for (const attempt of [...dead!.opens]) attempt.refuse();
    const before = dead!.subscribed;
    for (let i = 1; i <= 10; i++) {
      clock.advance(100);
      expect(dead!.active).toBeLessThanOrEqual(1);
      if (dead!.active > 0) dead!.last.refuse();
    }
    expect(dead!.subscribed - before).toBeLessThanOrEqual(10);
    expect(waiters.filter(({ values }) => values.length > 0).length).toBeGreaterThanOrEqual(4);
  });

  it('has the demand of its failed attempt picked again over all endpoints', () => {
    const { pool, transports } = site(['a', 'b'], { max: 2, retry: { delay: 1_000 } });
    const [a, b] = transports;
    a!.onOpen = undefined;
    const waiter = record(pool.borrow());
    expect(waiter.values).toEqual([]);
    a!.last.refuse();
    expect(waiter.only.endpoint.address).toBe('b');
    expect(b!.subscribed).toBe(1);
  });

  it('takes its share again once it is back', () => {
    const { pool, clock, transports } = site(['dead', 'up'], { retry: { delay: 100, resetAfter: 1_000 } });
    addressesOf(pool, 2);
    transports[0]!.onOpen = (attempt) => attempt.accept();
    clock.advance(2_000);
    expect(pool.status.state).toBe('up');
    expect(new Set(addressesOf(pool, 4))).toEqual(new Set(['dead', 'up']));
  });

  it('whose attempt hangs holds one slot, and the others serve', () => {
    const { pool, transports } = site(['hangs', 'up'], { max: 3 });
    transports[0]!.onOpen = undefined;
    const [first, second] = [record(pool.borrow()), record(pool.borrow())];
    expect(first.only.endpoint.address).toBe('up');
    expect(second.values).toHaveLength(0);
    first.only.release();
    expect(second.only.endpoint.address).toBe('up');
    expect(transports[0]!.active).toBe(1);
  });
});

describe('endpoints that have all given up', () => {
  it('fail those who wait, and whoever comes, with RetriesExhaustedError', () => {
    const { pool, transport } = handLab({ retry: { count: 0 } });
    const waiters = [record(pool.borrow()), record(pool.borrow())];
    const refusal = new Error('refused');
    for (const attempt of [...transport.opens]) attempt.refuse(refusal);
    for (const waiter of [...waiters, record(pool.borrow())]) {
      expect(waiter.error).toBeInstanceOf(RetriesExhaustedError);
      expect(waiter.error).toMatchObject({ cause: refusal, retryable: false, info: { address: 'fake:1' } });
    }
    expect(pool.stats.waiting).toBe(0);
    expect(pool.status.state).toBe('failed');
  });

  it('fail nobody while one of them has not given up', () => {
    const { pool, clock } = site(['dead:1', 'dead:2'], { retry: { count: 0 } });
    const waiter = record(pool.borrow());
    expect(waiter.error).toBeInstanceOf(RetriesExhaustedError);
    const patient = createPool(
      [fakeTransport('dead:1'), fakeTransport('slow:1')].map((transport) => {
        transport.onOpen = (attempt) => (transport.address === 'dead:1' ? attempt.refuse() : undefined);
        return transport;
      }),
      { clock, retry: { count: 0 } },
    );
    const waiting = record(patient.borrow());
    clock.advance(1_000);
    expect(waiting.isOver).toBe(false);
    expect(patient.status.state).toBe('degraded');
  });

  it('fail nobody while a connection is lent that may come back', () => {
    const { pool, transports } = site(['a'], { retry: { count: 0 }, max: 2 });
    const lease = record(pool.borrow()).only;
    transports[0]!.onOpen = (attempt) => attempt.refuse();
    const waiter = record(pool.borrow());
    expect(waiter.isOver).toBe(false);
    lease.release();
    expect(waiter.values).toHaveLength(1);
  });

  it('are revived by retryNow()', () => {
    const { pool, transports, clock } = site(['dead'], { retry: { count: 0 } });
    expect(record(pool.borrow()).failed).toBe(true);
    transports[0]!.onOpen = (attempt) => attempt.accept();
    pool.endpoints[0]!.endpoint.retryNow();
    const waiter = record(pool.borrow());
    clock.advance(1);
    expect(waiter.values).toHaveLength(1);
    expect(pool.status.state).toBe('up');
  });
});

describe('one endpoint that is down', () => {
  it('is dialled with its backoff, not once for each borrower', () => {
    const { pool, transports, clock } = site(['dead'], { retry: { delay: 250 }, maxConnecting: 10 });
    Array.from({ length: 200 }, () => record(pool.borrow()));
    const first = transports[0]!.subscribed;
    clock.advance(2_000);
    expect(transports[0]!.subscribed - first).toBeLessThanOrEqual(8);
    expect(transports[0]!.subscribed - first).toBeGreaterThanOrEqual(7);
  });

  it('serves all who wait soon after its return', () => {
    const { pool, transports, clock } = site(['dead'], { max: 50, retry: { delay: 100, resetAfter: 100 } });
    const waiters = Array.from({ length: 200 }, () => record(pool.use(() => of(1))));
    clock.advance(1_000);
    transports[0]!.onOpen = (attempt) => attempt.accept();
    clock.advance(1_000);
    expect(waiters.every(({ completed }) => completed)).toBe(true);
  });

  it('is tried within urgentMax while somebody waits, although its own delay is longer', () => {
    const { pool, transports, clock } = site(['dead'], { retry: { delay: 60_000, urgentMax: 300 } });
    record(pool.borrow());
    const first = transports[0]!.subscribed;
    clock.advance(299);
    expect(transports[0]!.subscribed).toBe(first);
    clock.advance(1);
    expect(transports[0]!.subscribed).toBe(first + 1);
  });

  it('is tried at once for the first borrower when its delay has lasted longer than urgentMax', () => {
    const { pool, transports, clock } = site(['dead'], { min: 1, retry: { delay: 60_000, urgentMax: 300 } });
    clock.turn();
    clock.advance(1_000);
    expect(transports[0]!.subscribed).toBe(1);
    record(pool.borrow());
    expect(transports[0]!.subscribed).toBe(2);
  });

  it('holds no slot while it waits for its next attempt', () => {
    const { pool, clock } = site(['dead'], { retry: { delay: 100 }, max: 1 });
    record(pool.borrow());
    clock.advance(50);
    expect(pool.stats).toMatchObject({ owned: 0, waiting: 1 });
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty']);
  });
});

describe('options that the pool hands on to a bare transport', () => {
  it('prepare runs on each new socket before it is lent', () => {
    const prepared: FakeSocket[] = [];
    const { pool } = site(['a'], { prepare: (socket) => void prepared.push(socket) });
    const { socket } = record(pool.borrow()).only;
    expect(prepared).toEqual([socket]);
  });

  it('prepare that hangs ends with hookTimeout as a failed attempt', () => {
    const { pool, clock } = site(['a'], { prepare: () => NEVER, hookTimeout: 70, retry: { delay: 1_000 } });
    record(pool.borrow());
    const events = record(pool.events$);
    clock.advance(70);
    expect(events.values).toMatchObject([{ type: 'failed', error: { code: 'RXPOOL_HOOK_TIMEOUT' } }]);
  });

  it('random spreads the delays', () => {
    for (const [random, due] of [
      [0.5, 50],
      [0.25, 25],
    ] as const) {
      const { pool } = site(['dead'], { random: () => random });
      record(pool.borrow({ timeout: 5 }));
      expect(pool.status.nextAttemptAt).toBe(1_000_000 + due);
    }
  });

  it('do not touch an endpoint that brings its own', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    transport.onOpen = (attempt) => attempt.refuse();
    const own = endpoint(transport, { clock, retry: { delay: 700 } });
    const pool = createPool(own, { clock, retry: { delay: 50 } });
    record(pool.borrow());
    expect(pool.status.nextAttemptAt).toBe(1_000_700);
  });
});
