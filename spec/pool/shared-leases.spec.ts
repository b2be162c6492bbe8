import { describe, expect, it } from 'vitest';
import { ConnectionLostError, PoolClosedError, type PoolEvent } from '../../src/index.js';
import {
  borrowMany,
  borrowNow,
  instantLab,
  record,
  reportOf,
  type FakeLease,
  type FakePool,
  type Lab,
} from './pool-lab.js';

/** Three leases of one connection. */
function three(): Lab & { readonly a: FakeLease; readonly b: FakeLease; readonly c: FakeLease } {
  const lab = instantLab({ max: 1, concurrency: 3 });
  const [a, b, c] = borrowMany(lab.pool, 3) as [FakeLease, FakeLease, FakeLease];
  expect(a.socket).toBe(c.socket);
  return { ...lab, a, b, c };
}

function eventsOf(pool: FakePool): PoolEvent[] {
  const events: PoolEvent[] = [];
  pool.events$.subscribe((event) => events.push(event));
  return events;
}

describe('leases of one connection', () => {
  it('all hear what arrives, each until its own end', () => {
    const { transport, a, b, c } = three();
    const heard = [a, b, c].map((lease) => record(lease.data$));
    transport.last.push('1');
    b.release();
    transport.last.push('2');
    expect(heard.map(({ values }) => values)).toEqual([['1', '2'], ['1'], ['1', '2']]);
    expect(heard.map(({ completed }) => completed)).toEqual([false, true, false]);
  });

  it.each([
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ])('end in any order: %i, %i, %i', (...order) => {
    const { pool, a, b, c } = three();
    const { socket } = a;
    for (const [gone, at] of order.entries()) {
      expect(pool.stats).toMatchObject({ lent: 1, leases: 3 - gone });
      [a, b, c][at]!.release();
    }
    expect(pool.stats).toMatchObject({ lent: 0, idle: 1, leases: 0 });
    expect(socket.closed).toBe(false);
    a.release();
    b.destroy();
    expect(pool.stats).toMatchObject({ idle: 1, released: 3, destroyed: 0 });
  });

  it('tell their end and not that of others by lost$', () => {
    const { a, b } = three();
    const [first, second] = [record(a.lost$), record(b.lost$)];
    a.release();
    expect([first.completed, second.completed]).toEqual([true, false]);
  });

  it('have each its own duration in the events', () => {
    const { pool, clock } = instantLab({ max: 1, concurrency: 2 });
    const events = eventsOf(pool);
    const early = borrowNow(pool);
    clock.advance(100);
    const late = borrowNow(pool);
    clock.advance(10);
    early.release();
    clock.advance(1);
    late.release();
    expect(events.filter(({ type }) => type === 'released')).toMatchObject([{ held: 110 }, { held: 11 }]);
  });
});

describe('destroy() of a shared connection', () => {
  it('lets the others finish, lends it to nobody else and closes it after the last', () => {
    const { pool, transport, a, b, c } = three();
    const { socket } = a;
    const lost = record(b.lost$);
    a.destroy(new Error('out of step'));
    expect(socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ lent: 1, leases: 2, destroyed: 1 });
    const waits = record(pool.borrow());
    b.release();
    expect(waits.values).toEqual([]);
    expect(socket.closed).toBe(false);
    c.release();
    expect(socket.closed).toBe(true);
    expect(transport.closes.map(({ force }) => force)).toEqual([true]);
    expect(lost.values).toEqual([]);
    expect(waits.only.socket).not.toBe(socket);
  });

  it('tells the error once, and why it was closed', () => {
    const { pool, a, b, c } = three();
    const events = eventsOf(pool);
    const error = new Error('out of step');
    a.destroy(error);
    c.release();
    b.release();
    const told = events.filter(({ type }) => ['destroyed', 'released', 'closed'].includes(type));
    expect(told).toMatchObject([
      { type: 'destroyed', error },
      { type: 'released' },
      { type: 'released' },
      { type: 'closed', reason: 'destroyed' },
    ]);
  });

  it('by several is the same as by one', () => {
    const { pool, a, b, c } = three();
    const { socket } = a;
    a.destroy();
    b.destroy();
    expect(socket.closed).toBe(false);
    c.destroy();
    expect(socket.closed).toBe(true);
    expect(pool.stats).toMatchObject({ destroyed: 3, closed: 1, leases: 0, owned: 0 });
  });

  it('with `now` takes it from the others', () => {
    const { pool, a, b, c } = three();
    const { socket } = a;
    const [lost, own] = [record(b.lost$), record(a.lost$)];
    const reads = record(c.data$);
    a.destroy(new Error('out of step'), { now: true });
    expect(socket.closed).toBe(true);
    expect(lost.only).toBeInstanceOf(ConnectionLostError);
    expect(reads.error).toBeInstanceOf(ConnectionLostError);
    expect(own).toMatchObject({ values: [], completed: true });
    b.release();
    c.destroy();
    expect(pool.stats).toMatchObject({ destroyed: 3, released: 0, leases: 0, owned: 0 });
  });

  it('with `now` after others have marked it closes it at once, too', () => {
    const { a, b, c } = three();
    const { socket } = a;
    a.destroy();
    b.destroy(undefined, { now: true });
    expect(socket.closed).toBe(true);
    expect(c.isOver).toBe(true);
  });

  it('is what unsubscribe does, to one lease only', () => {
    const { a, b } = three();
    const { socket } = a;
    a.unsubscribe();
    expect(b.isOver).toBe(false);
    expect(socket.closed).toBe(false);
  });
});

describe('detach() of a shared connection', () => {
  it('throws while others have it, and ends nothing by that', () => {
    const { pool, a, b, c } = three();
    expect(() => a.detach()).toThrow(TypeError);
    expect(() => a.detach()).toThrow(/2 other leases/);
    expect(a.isOver).toBe(false);
    b.release();
    c.release();
    const { socket } = a;
    expect(a.detach()).toBe(socket);
    expect(pool.stats).toMatchObject({ detached: 1, owned: 0, leases: 0 });
    expect(socket.closed).toBe(false);
  });

  it('of one that is lost goes by its own connection, not by the next in its slot', () => {
    const { pool, transport, clock, a } = three();
    transport.last.lose();
    const others = Array.from({ length: 3 }, () => record(pool.borrow()));
    clock.advance(10_000);
    expect(() => a.detach()).not.toThrow();
    expect(others.map(({ only }) => only.isOver)).toEqual([false, false, false]);
  });
});

describe('the close of a pool with a shared connection', () => {
  it('waits for the last lease', async () => {
    const { pool, a, b, c } = three();
    const report = pool.close();
    a.release();
    b.release();
    expect(await reportOf(report)).toBe('pending');
    expect(c.socket.closed).toBe(false);
    c.release();
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });

  it('destroys it for all', async () => {
    const { pool, a, b, c } = three();
    const lost = [a, b, c].map((one) => record(one.lost$));
    const report = pool.close({ borrowed: 'destroy' });
    for (const { only } of lost) {
      expect(only).toBeInstanceOf(ConnectionLostError);
      expect(only.cause).toBeInstanceOf(PoolClosedError);
    }
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 1, left: 0 });
    expect(pool.stats).toMatchObject({ leases: 0, destroyed: 3 });
  });

  it('destroys it when the time is up', async () => {
    const { pool, clock, a, b, c } = three();
    const report = pool.close({ timeout: 100 });
    a.release();
    clock.advance(100);
    expect([b.isOver, c.isOver]).toEqual([true, true]);
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 1, left: 0 });
  });

  it('leaves it to those who have it, and it closes when the last of them is done', async () => {
    const { pool, transport, a, b, c } = three();
    const { socket } = a;
    const report = pool.close({ borrowed: 'leave' });
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 1 });
    a.release();
    expect(socket.closed).toBe(false);
    expect(record(b.data$).isOver).toBe(false);
    b.release();
    expect(socket.closed).toBe(false);
    c.release();
    expect(socket.closed).toBe(true);
    expect(transport.closes).toHaveLength(1);
  });

  it('leaves it to those who have it, none of whom may keep it alone', async () => {
    const { pool, a, b } = three();
    await pool.close({ borrowed: 'leave' });
    expect(() => a.detach()).toThrow(/2 other leases/);
    expect(b.isOver).toBe(false);
  });
});
