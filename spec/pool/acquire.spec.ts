import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, PoolClosedError, QueueFullError, type BorrowConfig } from '../../src/index.js';
import { afterPromises, borrowNow, handLab, instantLab, record, stockIdle } from './pool-lab.js';

describe('acquire()', () => {
  it('resolves with a lease, dialling one if need be', async () => {
    const { pool, transport } = handLab();
    const lease = pool.acquire();
    const socket = transport.last.accept();
    expect((await lease).socket).toBe(socket);
  });

  it('takes an idle connection before it returns, so that nobody else can', async () => {
    const { pool } = instantLab({ max: 1 });
    const [socket] = stockIdle(pool, 1);
    const lease = pool.acquire();
    expect(pool.tryBorrow()).toBeUndefined();
    expect((await lease).socket).toBe(socket);
  });

  it('stands in the same queue as every other face', async () => {
    const { pool } = instantLab({ max: 1 });
    const order: string[] = [];
    const held = borrowNow(pool);
    const viaBorrow = record(pool.borrow());
    const viaAcquire = pool.acquire().then((lease) => {
      order.push('acquire');
      lease.release();
    });
    const viaUse = record(pool.use(() => ['use']));
    held.release();
    expect(viaBorrow.values).toHaveLength(1);
    expect(viaUse.values).toEqual([]);
    viaBorrow.only.release();
    await viaAcquire;
    order.push(...viaUse.values);
    expect(order).toEqual(['acquire', 'use']);
  });

  it('rejects with the reason of a signal that has aborted before, and takes nothing', async () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    const reason = new Error('never mind');
    await expect(pool.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(pool.stats).toMatchObject({ idle: 1, borrowed: 1 });
  });

  it('rejects with the reason when the signal aborts while it waits', async () => {
    const { pool } = handLab();
    const controller = new AbortController();
    const lease = pool.acquire({ signal: controller.signal });
    const reason = new Error('never mind');
    controller.abort(reason);
    expect(pool.stats.waiting).toBe(0);
    await expect(lease).rejects.toBe(reason);
  });

  it('keeps its lease when the signal aborts after the grant, even before the promise is looked at', async () => {
    const { pool, transport } = handLab();
    const controller = new AbortController();
    const lease = pool.acquire({ signal: controller.signal });
    transport.last.accept();
    controller.abort();
    expect((await lease).socket.closed).toBe(false);
    expect(pool.stats.lent).toBe(1);
  });

  it('rejects after its own timeout', async () => {
    const { pool, clock } = handLab();
    const lease = pool.acquire({ timeout: 40 });
    let settled = false;
    lease.catch(() => (settled = true));
    clock.advance(39);
    await afterPromises();
    expect(settled).toBe(false);
    clock.advance(1);
    await expect(lease).rejects.toBeInstanceOf(AcquireTimeoutError);
  });

  it('rejects where the queue is full, and after the close', async () => {
    const { pool } = instantLab({ max: 1, maxWaiting: 0 });
    await expect(pool.acquire()).rejects.toBeInstanceOf(QueueFullError);
    await pool.close();
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolClosedError);
  });

  it.each<[unknown, new () => Error, string]>([
    [{ timeout: Number.NaN }, RangeError, 'acquire: timeout must be a number from 0 to Infinity, got NaN'],
    [{ timeot: 5 }, TypeError, 'acquire: unknown option timeot; known are '],
    [{ endpoint: 'far:1' }, TypeError, 'acquire: endpoint must be one of the pool\'s (fake:1), got "far:1"'],
    [null, TypeError, 'acquire: config must be an object, got null'],
  ])('rejects for the wrong options %o, and does not throw', async (config, type, message) => {
    const { pool } = instantLab();
    const lease = pool.acquire(config as BorrowConfig);
    await expect(lease).rejects.toBeInstanceOf(type);
    await expect(lease).rejects.toThrow(message);
    expect(pool.stats).toMatchObject({ waiting: 0, leases: 0 });
  });
});

describe('tryBorrow()', () => {
  it('returns undefined rather than dial', () => {
    const { pool, transport } = instantLab();
    expect(pool.tryBorrow()).toBeUndefined();
    expect(transport.opens).toHaveLength(0);
    expect(pool.stats.waiting).toBe(0);
  });

  it('returns a lease of an idle connection', () => {
    const { pool } = instantLab();
    const [socket] = stockIdle(pool, 1);
    expect(pool.tryBorrow()?.socket).toBe(socket);
    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('does not go before those who wait', () => {
    const { pool, transport } = instantLab({ max: 1 });
    transport.restore = (socket) => {
      // The socket is free at this moment, and somebody waits for it.
      if (socket.id === 0) taken.push(pool.tryBorrow());
      return true;
    };
    const taken: unknown[] = [];
    const lease = borrowNow(pool);
    const waiter = record(pool.borrow());
    lease.release();
    expect(taken).toEqual([undefined]);
    expect(waiter.only.socket).toBe(transport.opens[0]?.socket);
  });

  it('returns undefined after the close', async () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    const closed = pool.close();
    expect(pool.tryBorrow()).toBeUndefined();
    await closed;
    expect(pool.tryBorrow()).toBeUndefined();
  });
});
