import { NEVER, Observable, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, PoolClosedError } from '../../src/index.js';
import { borrowMany, borrowNow, handLab, instantLab, record, reportOf, stockIdle } from './pool-lab.js';

describe('close()', () => {
  it('of an unused pool resolves with nothing done', async () => {
    const { pool, transport } = instantLab();
    expect(await pool.close()).toEqual({ closed: 0, destroyed: 0, left: 0 });
    expect(transport.opens).toHaveLength(0);
  });

  it('closes idle connections in good order and resolves when they have closed', async () => {
    const { pool, transport } = instantLab();
    transport.holdCloses = true;
    stockIdle(pool, 2);
    const report = pool.close();
    expect(transport.closes.map(({ force }) => force)).toEqual([false, false]);
    transport.closes[0]!.finish();
    expect(await reportOf(report)).toBe('pending');
    expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
    transport.closes[1]!.finish();
    expect(await reportOf(report)).toEqual({ closed: 2, destroyed: 0, left: 0 });
  });

  it('aborts attempts under way and fails those who wait, at once', () => {
    const { pool, transport } = handLab();
    const waiters = [record(pool.borrow()), record(pool.available$), record(pool.use(() => NEVER))];
    void pool.close();
    for (const waiter of waiters) expect(waiter.error).toBeInstanceOf(PoolClosedError);
    expect(transport.opens.every(({ unsubscribed }) => unsubscribed)).toBe(true);
    expect(pool.stats).toMatchObject({ waiting: 0, owned: 0 });
  });

  it('refuses every face of a borrow at once from then on', async () => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    void pool.close();
    for (const face of [pool.borrow(), pool.available$, pool.use(() => NEVER)]) {
      expect(record(face).error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED', retryable: false });
    }
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
    expect(pool.tryBorrow()).toBeUndefined();
    lease.release();
    expect(record(pool.borrow()).error).toBeInstanceOf(PoolClosedError);
    expect(transport.opens).toHaveLength(1);
  });

  it('keeps min open no more', async () => {
    const { pool, transport, clock } = instantLab({ min: 2 });
    clock.turn();
    await pool.close();
    clock.advance(100_000);
    expect(transport.opens).toHaveLength(2);
    expect(transport.active).toBe(0);
  });

  it('before the first connections of min are opened opens none', async () => {
    const { pool, transport, clock } = instantLab({ min: 2 });
    await pool.close();
    clock.turn();
    expect(transport.opens).toHaveLength(0);
  });

  it('closes a connection whose restoring is under way', async () => {
    const { pool, transport } = instantLab();
    transport.restore = () => NEVER;
    borrowNow(pool).release();
    expect(pool.stats.checking).toBe(1);
    expect(await pool.close()).toEqual({ closed: 1, destroyed: 0, left: 0 });
    expect(transport.active).toBe(0);
  });

  it('closes by force what takes longer than hookTimeout, and owns it until it has closed', async () => {
    const { pool, transport, clock } = instantLab({ hookTimeout: 300 });
    transport.holdCloses = true;
    stockIdle(pool, 1);
    const report = pool.close();
    clock.advance(299);
    expect(transport.closes.map(({ force }) => force)).toEqual([false]);
    clock.advance(1);
    expect(transport.closes.map(({ force }) => force)).toEqual([false, true]);
    expect(pool.stats.owned).toBe(1);
    transport.closes[1]!.finish();
    expect(await reportOf(report)).toMatchObject({ closed: 1 });
  });

  it('gives up, after hookTimeout for each, a connection that neither closes nor is closed by force', async () => {
    const { pool, transport, clock } = instantLab({ hookTimeout: 300 });
    transport.holdCloses = true;
    stockIdle(pool, 1);
    const report = pool.close();
    clock.advance(599);
    expect(await reportOf(report)).toBe('pending');
    clock.advance(1);
    expect(await reportOf(report)).toMatchObject({ closed: 1 });
    expect(transport.opens[0]!.unsubscribed).toBe(true);
  });

  it.each<[string, () => Observable<never>]>([
    ['errors', () => new Observable((subscriber) => subscriber.error(new Error('close')))],
    [
      'throws',
      () => {
        throw new Error('close');
      },
    ],
  ])('is not held up by a transport whose close %s', async (_how, close) => {
    const { pool, transport } = instantLab();
    transport.close = close;
    stockIdle(pool, 1);
    expect(await pool.close()).toMatchObject({ closed: 1 });
    expect(transport.active).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { pool, transport, clock } = instantLab({ retry: { delay: 50 } });
    stockIdle(pool, 2);
    borrowNow(pool);
    transport.onOpen = (attempt) => attempt.refuse();
    Array.from({ length: 3 }, () => record(pool.borrow()));
    record(pool.stats$);
    await pool.close({ borrowed: 'destroy' });
    expect(clock.pending).toBe(0);
    expect(transport.active).toBe(0);
  });

  it('leaves no delay of the endpoint running that nobody waits for', async () => {
    let running = 0;
    const delay = (): Observable<never> =>
      new Observable(() => {
        running++;
        return () => running--;
      });
    const { pool, transport } = instantLab({ retry: { delay } });
    transport.onOpen = (attempt) => attempt.refuse();
    record(pool.borrow());
    expect(running).toBe(1);
    await pool.close();
    expect(running).toBe(0);
  });

  it('is what leaving an `await using` block does', async () => {
    const { pool, transport } = instantLab();
    {
      await using mine = pool;
      stockIdle(mine, 1);
    }
    expect(transport.active).toBe(0);
    expect(pool.status.state).toBe('closed');
  });

  it.each<[Record<string, unknown>, new () => Error, string]>([
    [{ borrowed: 'kill' }, RangeError, 'close: borrowed must be one of "wait", "leave", "destroy", got "kill"'],
    [{ timeout: -1 }, RangeError, 'close: timeout must be a number from 0 to Infinity, got -1'],
    [{ force: true }, TypeError, 'close: unknown option force; known are borrowed, timeout'],
  ])('refuses %j, and the pool stays open', async (config, type, message) => {
    const { pool } = instantLab();
    const refused = pool.close(config);
    await expect(refused).rejects.toBeInstanceOf(type);
    await expect(refused).rejects.toThrow(message);
    borrowNow(pool);
  });
});

describe("close({ borrowed: 'wait' }), the default", () => {
  it('waits for what is lent, and closes it in good order when it comes back', async () => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    const report = pool.close();
    expect(await reportOf(report)).toBe('pending');
    expect(lease.socket.closed).toBe(false);
    lease.release();
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 0, left: 0 });
    expect(transport.closes).toMatchObject([{ force: false }]);
  });

  it('destroys what is still lent after its timeout, and tells the borrower', async () => {
    const { pool, transport, clock } = instantLab();
    const [back, late] = borrowMany(pool, 2);
    const lost = record(late!.lost$);
    const report = pool.close({ timeout: 50 });
    back!.release();
    clock.advance(49);
    expect(late!.socket.closed).toBe(false);
    clock.advance(1);
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 1, left: 0 });
    expect(lost.only).toBeInstanceOf(ConnectionLostError);
    expect(lost.only.cause).toBeInstanceOf(PoolClosedError);
    expect(transport.active).toBe(0);
    late!.release();
    expect(pool.stats).toMatchObject({ released: 1, destroyed: 1 });
  });

  it('waits 10 s by default, and for ever with Infinity', async () => {
    const usual = instantLab();
    const patient = instantLab();
    const leases = [borrowNow(usual.pool), borrowNow(patient.pool)];
    void usual.pool.close();
    void patient.pool.close({ timeout: Infinity });
    usual.clock.advance(9_999);
    expect(leases[0]!.socket.closed).toBe(false);
    usual.clock.advance(1);
    patient.clock.advance(100_000_000);
    expect(usual.transport.active).toBe(0);
    expect(leases[1]!.socket.closed).toBe(false);
  });

  it('counts a lent connection that is lost meanwhile neither as closed nor as destroyed', async () => {
    const { pool, transport } = instantLab();
    borrowNow(pool);
    const report = pool.close();
    transport.last.lose();
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 0 });
  });

  it('resolves also where the borrower detaches', async () => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    const report = pool.close();
    lease.detach();
    expect(await reportOf(report)).toMatchObject({ closed: 0, destroyed: 0 });
  });
});

describe("close({ borrowed: 'leave' })", () => {
  it('leaves what is lent to its borrower, and resolves without it', async () => {
    const { pool } = instantLab();
    const [, , lease] = borrowMany(pool, 3);
    borrowNow(pool).release();
    const report = await pool.close({ borrowed: 'leave' });
    expect(report).toEqual({ closed: 1, destroyed: 0, left: 3 });
    expect(lease!.socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ owned: 0, detached: 3 });
  });

  it.each(['release', 'destroy'] as const)('has the socket closed when its borrower says %s', async (ending) => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    const { socket } = lease;
    await pool.close({ borrowed: 'leave' });
    const before = pool.stats;
    lease[ending]();
    expect(socket.closed).toBe(true);
    expect(transport.active).toBe(0);
    expect(pool.stats).toEqual(before);
  });

  it('still tells the borrower of a loss', async () => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    const lost = record(lease.lost$);
    await pool.close({ borrowed: 'leave' });
    transport.last.lose();
    expect(lost.values).toHaveLength(1);
  });
});

describe("close({ borrowed: 'destroy' })", () => {
  it.each(['at once', 'later'])('closes what is lent by force, where sockets close %s', async (when) => {
    const { pool, transport } = instantLab();
    transport.holdCloses = when === 'later';
    const [lease, idle] = borrowMany(pool, 2);
    idle!.release();
    const read = record(lease!.data$);
    const report = pool.close({ borrowed: 'destroy' });
    expect(read.error).toBeInstanceOf(ConnectionLostError);
    for (const close of [...transport.closes]) close.finish();
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 1, left: 0 });
    expect(transport.closes.find(({ socket }) => socket.id === 0)).toMatchObject({ force: true });
  });

  it('fails a use that is under way', async () => {
    const { pool } = instantLab();
    const used = record(pool.use(() => NEVER));
    await pool.close({ borrowed: 'destroy' });
    expect(used.error).toBeInstanceOf(ConnectionLostError);
  });
});

describe('an attempt that is given up while its socket is prepared', () => {
  it('is owned, and holds up the close, until that socket has closed', async () => {
    const { pool, transport } = handLab({ prepare: () => NEVER });
    transport.holdCloses = true;
    const waiting = record(pool.borrow());
    transport.last.accept();
    const report = pool.close();

    expect(waiting.failed).toBe(true);
    expect(pool.stats).toMatchObject({ owned: 1, closing: 1, connecting: 0 });
    expect(await reportOf(report)).toBe('pending');
    expect(transport.closes).toHaveLength(1);
    transport.closes[0]!.finish();
    expect(pool.stats).toMatchObject({ owned: 0, opened: 0, closed: 0 });
    expect(await reportOf(report)).toMatchObject({ closed: 0, destroyed: 0, left: 0 });
  });

  it('keeps its place when it is aborted after its preparation has failed', async () => {
    const { pool, transport } = handLab({ prepare: () => throwError(() => new Error('no')) });
    transport.holdCloses = true;
    const waiting = record(pool.borrow());
    transport.last.accept();
    const report = pool.close();

    expect(waiting.failed).toBe(true);
    expect(pool.stats).toMatchObject({ owned: 1 });
    expect(await reportOf(report)).toBe('pending');
    transport.closes[0]!.finish();
    expect(pool.stats).toMatchObject({ owned: 0, opened: 0 });
    expect(await reportOf(report)).not.toBe('pending');
  });
});
