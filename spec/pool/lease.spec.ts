import { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LeaseEndedError, type PoolStats } from '../../src/index.js';
import { borrowNow, instantLab, record, type FakeLease } from './pool-lab.js';

type Ending = readonly [name: string, end: (lease: FakeLease) => void, counted: keyof PoolStats];

const endings: readonly Ending[] = [
  ['release', (lease) => lease.release(), 'released'],
  ['destroy', (lease) => lease.destroy(), 'destroyed'],
  ['detach', (lease) => void lease.detach(), 'detached'],
  ['unsubscribe', (lease) => lease.unsubscribe(), 'destroyed'],
  ['dispose', (lease) => lease[Symbol.dispose](), 'destroyed'],
];
const pairs = endings.flatMap((one) => endings.map((other) => [one, other] as const));

describe('a lease', () => {
  it('is a new one for each borrow', () => {
    const { pool } = instantLab({ max: 1 });
    const first = borrowNow(pool);
    first.release();
    expect(borrowNow(pool)).not.toBe(first);
  });

  it('holds the raw socket and names its endpoint', () => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    expect(lease.socket).toBe(transport.last.socket);
    expect(lease.endpoint).toBe(pool.endpoints[0]!.endpoint);
    expect(lease.endpoint.address).toBe('fake:1');
  });

  it.each(endings)('refuses its socket after %s', (_name, end) => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    end(lease);
    expect(() => lease.socket).toThrow(LeaseEndedError);
    expect(() => lease.detach()).toThrow(LeaseEndedError);
    expect(() => lease.socket).toThrow('the lease of a socket to fake:1 has ended; borrow again');
  });

  it.each(pairs)('counts its first ending only: %s', ([, first, counted], [name, second]) => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    first(lease);
    const after = pool.stats;
    expect(after[counted]).toBe(1);
    expect(after.released + after.destroyed + after.detached).toBe(1);
    if (name === 'detach') expect(() => second(lease)).toThrow(LeaseEndedError);
    else second(lease);
    expect(pool.stats).toEqual(after);
  });

  it.each(endings)('cannot touch the next borrower’s loan by a late %s', (name, end) => {
    const { pool } = instantLab({ max: 1 });
    const old = borrowNow(pool);
    old.release();
    const next = borrowNow(pool);
    const before = pool.stats;
    if (name === 'detach') expect(() => end(old)).toThrow(LeaseEndedError);
    else end(old);
    expect(pool.stats).toEqual(before);
    expect(next.socket.closed).toBe(false);
  });

  it('cannot touch the next borrower’s loan through the streams that it still holds', () => {
    const { pool, transport } = instantLab({ max: 1 });
    const old = borrowNow(pool);
    const { data$, lost$ } = old;
    old.release();
    borrowNow(pool);
    expect(record(data$)).toMatchObject({ completed: true, values: [] });
    expect(record(lost$)).toMatchObject({ completed: true, values: [] });
    expect(transport.reads).toBe(0);
  });

  it('closes the socket by force when it is destroyed, and by force only then', () => {
    const { pool, transport } = instantLab();
    borrowNow(pool).release();
    expect(transport.closes).toEqual([]);
    borrowNow(pool).destroy();
    expect(transport.closes).toMatchObject([{ force: true }]);
  });

  it('is destroyed with the subscription that it was added to', () => {
    const { pool } = instantLab();
    const owner = new Subscription();
    owner.add(borrowNow(pool));
    owner.unsubscribe();
    expect(pool.stats).toMatchObject({ destroyed: 1, owned: 0 });
  });

  it('is destroyed by `using` that an exception leaves, and released where release was said last', () => {
    const { pool } = instantLab();
    const work = (fails: boolean): void => {
      using lease = borrowNow(pool);
      if (fails) throw new Error('half way');
      lease.release();
    };
    expect(() => work(true)).toThrow('half way');
    expect(pool.stats).toMatchObject({ destroyed: 1, released: 0 });
    work(false);
    expect(pool.stats).toMatchObject({ destroyed: 1, released: 1 });
  });

  it.each(endings)('has nothing to give back after the loss of its connection: %s does nothing', (_name, end) => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    transport.last.lose();
    const before = pool.stats;
    expect(before).toMatchObject({ lostLent: 1, owned: 0 });
    end(lease);
    expect(pool.stats).toEqual(before);
    expect(transport.closes).toEqual([]);
  });
});

describe('detach()', () => {
  it('returns the socket, frees the slot at once and leaves the socket open', () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const { socket } = lease;
    const waiter = record(pool.borrow());
    expect(lease.detach()).toBe(socket);
    expect(waiter.only.socket).not.toBe(socket);
    expect(socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ owned: 1, detached: 1 });
  });

  it('is the end of the pool’s interest: a later loss counts for nothing', () => {
    const { pool, transport } = instantLab();
    const detached = borrowNow(pool);
    detached.detach();
    const before = pool.stats;
    transport.last.lose();
    expect(pool.stats).toEqual(before);
    expect(pool.status.state).toBe('idle');
  });

  it('leaves the socket open when the pool closes', async () => {
    const { pool } = instantLab();
    const socket = borrowNow(pool).detach();
    expect(await pool.close()).toEqual({ closed: 0, destroyed: 0, left: 0 });
    expect(socket.closed).toBe(false);
  });
});
