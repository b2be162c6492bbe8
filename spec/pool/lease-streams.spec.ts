import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, createPool, transport } from '../../src/index.js';
import { borrowNow, inMarbles, instantLab, record } from './pool-lab.js';

describe('data$ of a lease', () => {
  it('reads the socket while it is subscribed, and not longer than the lease lasts', () => {
    inMarbles(({ hot, cold, expectObservable, expectSubscriptions }, clock) => {
      const data = hot('-a-b-c-d-e-f');
      const pool = createPool(
        transport(() => cold('s'), { data: () => data, address: 'here' }),
        { clock, idleTimeout: Infinity, validateAfter: Infinity },
      );
      const lease = record(pool.borrow());
      const read = new Subject<unknown>();
      clock.schedule(() => lease.only.data$.subscribe(read), 4);
      clock.schedule(() => lease.only.destroy(), 8);
      expectObservable(read).toBe('-----c-d|');
      expectSubscriptions(data.subscriptions).toBe('----^---!');
    });
  });

  it('stops reading when it is unsubscribed, and the lease goes on', () => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    expect(network.reading).toBe(0);
    const read = record(lease.data$);
    expect(network.reading).toBe(1);
    network.last.push('hello');
    read.subscription.unsubscribe();
    expect(network.reading).toBe(0);
    network.last.push('again');
    expect(read.values).toEqual(['hello']);
    expect(lease.socket.closed).toBe(false);
  });

  it.each(['release', 'destroy', 'detach'] as const)('completes at %s, and reads no more', (ending) => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    const read = record(lease.data$);
    lease[ending]();
    expect(read).toMatchObject({ completed: true, failed: false });
    expect(network.reading).toBe(0);
  });

  it('has let go of the socket before the next borrower gets it', () => {
    const { pool, transport: network } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    record(lease.data$);
    let readingAtGrant: number | undefined;
    pool.borrow().subscribe(() => (readingAtGrant = network.reading));
    lease.release();
    expect(readingAtGrant).toBe(0);
  });

  it('completes at the peer’s end of stream while the lease goes on', () => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    const read = record(lease.data$);
    lease.socket.data.complete();
    expect(read.completed).toBe(true);
    expect(pool.stats.lent).toBe(1);
  });

  it('errors with ConnectionLostError when the connection is lost', () => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    const read = record(lease.data$);
    const cause = new Error('reset by peer');
    network.last.lose(cause);
    expect(read.error).toBeInstanceOf(ConnectionLostError);
    expect(read.error).toMatchObject({
      cause,
      message: 'connection to fake:1 was lost: reset by peer',
      retryable: true,
    });
    expect(network.reading).toBe(0);
  });

  it('errors at once when it is asked for after the loss', () => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    network.last.lose();
    expect(record(lease.data$).error).toBeInstanceOf(ConnectionLostError);
    expect(network.reads).toBe(0);
  });

  it('takes a ConnectionLostError of the transport as it is', () => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    const error = new ConnectionLostError('fake:1');
    const read = record(lease.data$);
    network.last.lose(error);
    expect(read.error).toBe(error);
  });
});

describe('lost$ of a lease', () => {
  it('emits the loss once and completes, and does not error', () => {
    const { pool, transport: network } = instantLab();
    const lost = record(borrowNow(pool).lost$);
    expect(lost.values).toEqual([]);
    network.last.lose(new Error('gone'));
    expect(lost.only).toBeInstanceOf(ConnectionLostError);
    expect(lost).toMatchObject({ completed: true, failed: false });
  });

  it.each(['release', 'destroy', 'detach'] as const)('completes in silence at %s', (ending) => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    const lost = record(lease.lost$);
    lease[ending]();
    expect(lost).toMatchObject({ completed: true, values: [] });
  });

  it('tells of the loss also when it is asked for afterwards', () => {
    const { pool, transport: network } = instantLab();
    const lease = borrowNow(pool);
    network.last.lose();
    expect(record(lease.lost$)).toMatchObject({ completed: true, values: [expect.any(ConnectionLostError)] });
  });

  it('does not read the socket', () => {
    const { pool, transport: network } = instantLab();
    record(borrowNow(pool).lost$);
    expect(network.reads).toBe(0);
  });

  it('finds the pool consistent: the lost connection is counted no more', () => {
    const { pool, transport: network } = instantLab();
    const seen: unknown[] = [];
    borrowNow(pool).lost$.subscribe(() => seen.push(pool.stats));
    network.last.lose();
    expect(seen).toMatchObject([{ lent: 0, owned: 0, lost: 1, lostLent: 1 }]);
  });

  it('forgets whoever unsubscribes', () => {
    const { pool, transport: network } = instantLab();
    const lost = record(borrowNow(pool).lost$);
    lost.subscription.unsubscribe();
    network.last.lose();
    expect(lost.values).toEqual([]);
  });

  it('tells that the peer closed where the transport gives no error', () => {
    const { pool, transport: network } = instantLab();
    const lost = record(borrowNow(pool).lost$);
    network.last.complete();
    expect(lost.only.message).toBe('connection to fake:1 was lost (closed by the peer)');
    expect(lost.only.cause).toBeUndefined();
  });
});
