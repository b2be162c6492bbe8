import { describe, expect, it } from 'vitest';
import { createPool, endpoint, RetriesExhaustedError, type BorrowConfig, type PoolEvent } from '../../src/index.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { Sites } from './constraint-lab.js';
import { record, type FakeLease, type FakePool } from './pool-lab.js';

describe('a borrow of one endpoint', () => {
  it('gets a connection of that endpoint, idle or new', () => {
    const sites = new Sites(['a', 'b', 'c']);
    for (const address of ['c', 'a', 'c', 'b', 'b']) expect(sites.now(address).endpoint.address).toBe(address);
    const lease = sites.now('a');
    const { socket } = lease;
    lease.release();
    expect(sites.now('b').socket).not.toBe(socket);
    expect(sites.now('a').socket).toBe(socket);
  });

  it('may name the endpoint itself', async () => {
    const sites = new Sites(['a', 'b']);
    const wanted = sites.pool.endpoints[1]!.endpoint;
    expect(record(sites.pool.borrow({ endpoint: wanted })).only.endpoint).toBe(wanted);
    expect((await sites.pool.acquire({ endpoint: wanted })).endpoint).toBe(wanted);
    const used: unknown[] = [];
    sites.pool.use((_socket, lease) => [lease.endpoint], { endpoint: wanted }).subscribe((one) => used.push(one));
    expect(used).toEqual([wanted]);
  });

  it('means that very endpoint, also where two have the same address', () => {
    const clock = new VirtualClock();
    const members = ['same', 'same'].map((address) => {
      const transport = fakeTransport(address);
      transport.onOpen = (attempt) => attempt.accept();
      return endpoint(transport, { clock });
    });
    const pool = createPool(members, { clock });
    for (const member of [...members, ...members.slice(1)]) {
      expect(record(pool.borrow({ endpoint: member })).only.endpoint).toBe(member);
    }
  });

  it.each<[string, (pool: FakePool, config: BorrowConfig) => unknown]>([
    ['borrow', (pool, config) => pool.borrow(config)],
    ['acquire', (pool, config) => pool.acquire(config)],
    ['use', (pool, config) => pool.use(() => [], config)],
    ['allocate', (pool, config) => pool.allocate(config)],
  ])('refuses an unknown one in %s at once, by that name, naming those known', async (face, ask) => {
    const { pool } = new Sites(['a:1', 'b:2'], { concurrency: Infinity });
    const refusal = async (): Promise<unknown> => ask(pool, { endpoint: 'c:3' });
    await expect(refusal()).rejects.toThrow(
      new TypeError(`${face}: endpoint must be one of the pool's (a:1, b:2), got "c:3"`),
    );
  });

  it('refuses an address that several have, by the name of the face', () => {
    const { pool } = new Sites(['a:1', 'a:1']);
    expect(() => pool.use(() => [], { endpoint: 'a:1' })).toThrow(
      new TypeError('use: endpoint must be the endpoint itself, since the pool has several at "a:1"'),
    );
  });

  it('refuses an endpoint of another pool', () => {
    const { pool } = new Sites(['a:1']);
    const stranger = endpoint(fakeTransport('elsewhere:1'));
    expect(() => pool.borrow({ endpoint: stranger })).toThrow(/a:1.*elsewhere:1/);
  });

  it('is no failure of the others: nobody else waits for it', () => {
    const sites = new Sites(['a', 'b']);
    sites.down.add('a');
    const waits = sites.ask('a');
    expect(sites.now().endpoint.address).toBe('b');
    expect(waits.isOver).toBe(false);
    expect(sites.now().endpoint.address).toBe('b');
  });

  it('waits for its endpoint to come back, and gets it then', () => {
    const sites = new Sites(['a', 'b'], { retry: { delay: 100 } });
    sites.down.add('a');
    const waits = sites.ask('a');
    sites.clock.advance(1_000);
    sites.down.delete('a');
    sites.clock.advance(1_000);
    expect(waits.only.endpoint.address).toBe('a');
  });

  it('fails when its endpoint has given up, whatever the others do', () => {
    const sites = new Sites(['a', 'b'], { retry: { count: 0 }, acquireTimeout: Infinity });
    sites.down.add('a');
    const waits = sites.ask('a');
    sites.now('b');
    sites.clock.advance(60_000);
    expect(waits.error).toBeInstanceOf(RetriesExhaustedError);
  });
});

describe('a borrow of one endpoint in a pool that is full of others', () => {
  const evicted = (sites: Sites): PoolEvent[] => {
    const events: PoolEvent[] = [];
    sites.pool.events$.subscribe((event) => {
      if (event.type === 'closed') events.push(event);
    });
    return events;
  };

  it('has the longest idle one closed to make room', () => {
    const sites = new Sites(['a', 'b'], { max: 3 });
    const leases = [sites.now('b'), sites.now('b'), sites.now('b')];
    const [, second] = leases.map(({ socket }) => socket);
    const closed = evicted(sites);
    leases[1]!.release();
    sites.clock.advance(1);
    leases[0]!.release();
    leases[2]!.release();
    expect(sites.now('a').endpoint.address).toBe('a');
    expect(sites.open).toEqual({ a: 1, b: 2 });
    expect(second!.closed).toBe(true);
    expect(closed).toMatchObject([{ reason: 'surplus', endpoint: 'b' }]);
  });

  it('dials only when the close is done, and closes one only', () => {
    const sites = new Sites(['a', 'b'], { max: 2 });
    const [, b] = sites.transports;
    const leases = [sites.now('b'), sites.now('b')];
    for (const lease of leases) lease.release();
    b!.holdCloses = true;
    const wants = [sites.ask('a'), sites.ask('b')];
    expect(b!.closes).toHaveLength(1);
    expect(sites.pool.stats).toMatchObject({ owned: 2, closing: 1, connecting: 0 });
    expect(wants[1]!.values).toHaveLength(1);
    b!.closes[0]!.finish();
    expect(wants[0]!.only.endpoint.address).toBe('a');
    expect(sites.open).toEqual({ a: 1, b: 1 });
  });

  it('has one closed that is given back later, if nobody else waits', () => {
    const sites = new Sites(['a', 'b'], { max: 1 });
    const lease = sites.now('b');
    const wants = sites.ask('a');
    sites.clock.advance(100);
    lease.release();
    expect(wants.only.endpoint.address).toBe('a');
  });

  it('has one closed that is given back later, also while events are watched', () => {
    const sites = new Sites(['a', 'b'], { max: 1 });
    const closed = evicted(sites);
    const lease = sites.now('b');
    const wants = sites.ask('a');
    lease.release();
    expect(wants.only.endpoint.address).toBe('a');
    expect(closed).toHaveLength(1);
  });

  it('is served although the others are lent all the time to those who came later', () => {
    const sites = new Sites(['a', 'b'], { max: 1, acquireTimeout: Infinity });
    const first = sites.now('b');
    const wants = sites.ask('a');
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      sites.pool.borrow({ endpoint: 'b' }).subscribe((lease) => {
        sites.clock.set(sites.clock.now() + 10, () => {
          lease.release();
        });
        again();
      });
    };
    again();
    again();
    first.release();
    sites.clock.advance(10_000);
    isOver = true;
    expect(wants.only.endpoint.address).toBe('a');
  });

  it('waits for its own where there are some: connections are not closed and opened in turn under a mixed load', () => {
    const sites = new Sites(['a', 'b'], { max: 4, acquireTimeout: Infinity });
    const { pool, clock, transports } = sites;
    const random = seededRandom(7);
    let [served, left] = [0, 1_000];
    const ask = (): void => {
      if (left-- <= 0) return;
      pool.borrow({ endpoint: random() < 0.5 ? 'a' : 'b' }).subscribe((lease) => {
        served++;
        clock.set(clock.now() + 5 + Math.floor(random() * 10), () => {
          lease.release();
          ask();
        });
      });
    };
    for (let i = 0; i < 40; i++) ask();
    clock.advance(60_000);
    expect(served).toBe(1_000);
    const dials = transports.reduce((sum, { opens }) => sum + opens.length, 0);
    expect(dials).toBeLessThan(100);
  });

  it('is served although the others are shared all the time', () => {
    const sites = new Sites(['a', 'b'], { max: 1, concurrency: 4, acquireTimeout: Infinity });
    let last: FakeLease = sites.now('b');
    const wants = sites.ask('a');
    for (let i = 0; i < 100 && wants.values.length === 0; i++) {
      const next = sites.ask('b');
      sites.clock.advance(10);
      last.release();
      if (next.values.length === 0) break;
      last = next.only;
    }
    sites.clock.advance(10);
    expect(wants.values).toHaveLength(1);
  });

  it('is served when its endpoint comes back, although others have taken all places meanwhile', () => {
    const sites = new Sites(['a', 'b'], { max: 2, acquireTimeout: Infinity, retry: { delay: 100 } });
    sites.down.add('a');
    const wants = sites.ask('a');
    const leases = [sites.now('b'), sites.now('b')];
    for (const lease of leases) lease.release();
    sites.clock.advance(5_000);
    sites.down.delete('a');
    sites.clock.advance(20_000);
    expect(wants.only.endpoint.address).toBe('a');
  });

  it('is served when its endpoint comes back, although `min` keeps others in all places', () => {
    const sites = new Sites(['a', 'b'], { min: 2, max: 2, acquireTimeout: Infinity, retry: { delay: 100 } });
    sites.down.add('a');
    sites.clock.advance(1_000);
    expect(sites.open).toEqual({ a: 0, b: 2 });
    const wants = sites.ask('a');
    sites.clock.advance(5_000);
    sites.down.delete('a');
    sites.clock.advance(60_000);
    expect(wants.only.endpoint.address).toBe('a');
  });

  it('takes nothing of what `minPerEndpoint` keeps', () => {
    const sites = new Sites(['a', 'b', 'c'], { max: 4, minPerEndpoint: 1 });
    sites.clock.advance(0);
    expect(sites.open).toEqual({ a: 1, b: 1, c: 1 });
    const spare = sites.now('b');
    const other = sites.now('b');
    spare.release();
    other.release();
    const lent = [sites.now('a'), sites.now('a')];
    expect(sites.open).toEqual({ a: 2, b: 1, c: 1 });
    const third = sites.ask('a');
    expect(third.values).toEqual([]);
    expect(sites.open).toEqual({ a: 2, b: 1, c: 1 });
    lent[0]!.release();
    expect(third.values).toHaveLength(1);
  });

  it('gives up an attempt at an endpoint that is down', () => {
    const sites = new Sites(['a', 'b'], { max: 1 });
    const [, b] = sites.transports;
    b!.onOpen = undefined;
    const nobodys = sites.ask('b');
    b!.last.refuse();
    sites.clock.advance(60_000);
    expect(sites.pool.stats.connecting).toBe(1);
    expect(nobodys.isOver).toBe(true);
    expect(sites.now('a').endpoint.address).toBe('a');
  });

  it('leaves the queue like any other', () => {
    const sites = new Sites(['a', 'b'], { max: 1 });
    const lease = sites.now('b');
    const wants = sites.ask('a');
    wants.subscription.unsubscribe();
    lease.release();
    expect(sites.open).toEqual({ a: 0, b: 1 });
    expect(sites.pool.stats).toMatchObject({ waiting: 0, idle: 1 });
  });
});

describe('those who wait for one endpoint', () => {
  it('keep no connection of another from whoever comes', () => {
    const sites = new Sites(['a', 'b']);
    sites.down.add('a');
    sites.now('b').release();
    const waits = sites.ask('a');
    expect(sites.now().endpoint.address).toBe('b');
    expect(waits.isOver).toBe(false);
  });

  it('keep nobody out of the queue who need not wait', () => {
    const sites = new Sites(['a', 'b'], { maxWaiting: 1 });
    sites.down.add('a');
    sites.now('b').release();
    sites.ask('a');
    expect(sites.now().endpoint.address).toBe('b');
  });
});
