import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, ConnectionLostError, type PoolEvent } from '../../src/index.js';
import { Sites } from './constraint-lab.js';
import {
  afterPromises,
  borrowMany,
  borrowNow,
  handLab,
  instantLab,
  record,
  reportOf,
  stockIdle,
  type FakePool,
} from './pool-lab.js';

function closesOf(pool: FakePool): PoolEvent[] {
  const closes: PoolEvent[] = [];
  pool.events$.subscribe((event) => {
    if (event.type === 'closed') closes.push(event);
  });
  return closes;
}

describe('the index of a slot', () => {
  it('never shifts, whatever becomes of the others', () => {
    const { pool } = instantLab({ max: 3 });
    const leases = borrowMany(pool, 3);
    leases[1]!.destroy();
    expect(pool.slots.map(({ index, state }) => [index, state])).toEqual([
      [0, 'lent'],
      [1, 'empty'],
      [2, 'lent'],
    ]);
    leases[0]!.destroy();
    const next = borrowMany(pool, 2);
    expect(pool.slots.map(({ index, state }) => [index, state])).toEqual([
      [0, 'lent'],
      [1, 'lent'],
      [2, 'lent'],
    ]);
    expect(next.map(({ isOver }) => isOver)).toEqual([false, false]);
  });
});

describe('reset() of one slot', () => {
  it('closes what is idle, and opens nothing until it is needed', () => {
    const { pool, transport } = instantLab({ max: 2 });
    const closes = closesOf(pool);
    const sockets = stockIdle(pool, 2);
    pool.slots[1]!.reset();
    expect(sockets.map(({ closed }) => closed)).toEqual([false, true]);
    expect(closes).toMatchObject([{ reason: 'reset', slot: 1, endpoint: 'fake:1' }]);
    expect(transport.opens).toHaveLength(2);
    expect(pool.stats).toMatchObject({ idle: 1, owned: 1 });
  });

  it('lets a borrower finish, and closes then', () => {
    const { pool } = instantLab({ max: 1 });
    const closes = closesOf(pool);
    const lease = borrowNow(pool);
    const { socket } = lease;
    pool.slots[0]!.reset();
    expect(lease.isOver).toBe(false);
    const waits = record(pool.borrow());
    expect(waits.values).toEqual([]);
    lease.release();
    expect(socket.closed).toBe(true);
    expect(closes).toMatchObject([{ reason: 'reset' }]);
    expect(waits.only.socket).not.toBe(socket);
  });

  it('by force takes it from its borrower', () => {
    const { pool } = instantLab({ max: 1 });
    const closes = closesOf(pool);
    const lease = borrowNow(pool);
    const { socket } = lease;
    const lost = record(lease.lost$);
    pool.slots[0]!.reset({ force: true });
    expect(lost.only).toBeInstanceOf(ConnectionLostError);
    expect(socket.closed).toBe(true);
    expect(closes).toMatchObject([{ reason: 'reset' }]);
    lease.release();
    expect(pool.stats).toMatchObject({ destroyed: 1, released: 0, owned: 0 });
  });

  it('lets all finish who share it, or by force takes it from all', () => {
    const { pool } = instantLab({ max: 2, concurrency: 2 });
    const leases = borrowMany(pool, 4);
    const [a, , b] = leases.map(({ socket }) => socket);
    pool.slots[0]!.reset();
    pool.slots[1]!.reset({ force: true });
    expect(leases.map(({ isOver }) => isOver)).toEqual([false, false, true, true]);
    expect(b!.closed).toBe(true);
    leases[0]!.release();
    expect(a!.closed).toBe(false);
    leases[1]!.release();
    expect(a!.closed).toBe(true);
  });

  it('gives up an attempt, and makes another if somebody waits', () => {
    const { pool, transport } = handLab({ max: 1 });
    const waits = record(pool.borrow());
    pool.slots[0]!.reset();
    expect(transport.opens[0]!.unsubscribed).toBe(true);
    transport.last.accept();
    expect(transport.opens).toHaveLength(2);
    expect(waits.values).toHaveLength(1);
  });

  it('of an empty slot does nothing', () => {
    const { pool } = instantLab({ max: 1 });
    borrowNow(pool).destroy();
    pool.slots[0]!.reset();
    pool.slots[0]!.reset({ force: true });
    expect(borrowNow(pool).isOver).toBe(false);
  });

  it('is followed by another connection where `min` needs one', async () => {
    const { pool, transport } = instantLab({ min: 2 });
    await pool.ready();
    pool.slots[0]!.reset();
    expect(pool.stats).toMatchObject({ idle: 2 });
    expect(transport.opens).toHaveLength(3);
  });

  it('refuses unknown options by name', () => {
    const { pool } = instantLab();
    borrowNow(pool);
    expect(() => pool.slots[0]!.reset({ now: true } as object)).toThrow(/reset.*now/);
    expect(() => pool.slots[0]!.close({ force: 1 } as object)).toThrow(/close.*force/);
  });
});

describe('close() of one slot', () => {
  it('closes its connection, and the slot takes no further one', () => {
    const { pool } = instantLab({ max: 2 });
    const sockets = stockIdle(pool, 2);
    pool.slots[0]!.close();
    expect(sockets[0]!.closed).toBe(true);
    const lease = borrowNow(pool);
    const waits = record(pool.borrow());
    expect(waits.values).toEqual([]);
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty', 'lent']);
    lease.destroy();
    expect(waits.values).toHaveLength(1);
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty', 'lent']);
  });

  it('waits for its borrower, or by force does not', () => {
    const { pool } = instantLab({ max: 2 });
    const leases = borrowMany(pool, 2);
    const [a, b] = leases.map(({ socket }) => socket);
    pool.slots[0]!.close();
    pool.slots[1]!.close({ force: true });
    expect(leases.map(({ isOver }) => isOver)).toEqual([false, true]);
    expect(b!.closed).toBe(true);
    leases[0]!.release();
    expect(a!.closed).toBe(true);
    expect(pool.stats.owned).toBe(0);
  });

  it('twice is the same as once', () => {
    const { pool } = instantLab({ max: 2 });
    stockIdle(pool, 2);
    for (let i = 0; i < 3; i++) pool.slots[0]!.close({ force: i === 2 });
    borrowNow(pool);
    expect(record(pool.borrow()).values).toEqual([]);
    expect(pool.stats.owned).toBe(1);
  });

  it('of a connection that is lost or detached meanwhile takes the slot out all the same', () => {
    const { pool, transport, clock } = instantLab({ max: 2 });
    const leases = borrowMany(pool, 2);
    pool.slots[0]!.close();
    pool.slots[1]!.close();
    leases[0]!.detach();
    transport.opens[1]!.lose();
    const waits = record(pool.borrow());
    clock.advance(10_000);
    expect(waits.values).toEqual([]);
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty', 'empty']);
  });

  it('gives up an attempt, and the borrower gets another slot', () => {
    const { pool, transport } = handLab({ max: 2 });
    const waits = record(pool.borrow());
    pool.slots[0]!.close();
    transport.last.accept();
    expect(waits.values).toHaveLength(1);
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty', 'lent']);
  });

  it('leaves `min` as far as there are slots for it', async () => {
    const { pool, transport } = instantLab({ min: 2, max: 2 });
    await pool.ready();
    pool.slots[0]!.close();
    expect(pool.stats).toMatchObject({ idle: 1, owned: 1 });
    expect(transport.active).toBe(1);
    pool.slots[1]!.reset();
    expect(pool.stats).toMatchObject({ idle: 1, owned: 1 });
  });

  it('leaves ready() possible: by default as many as can be', async () => {
    const { pool } = instantLab({ min: 2, max: 2 });
    await pool.ready();
    pool.slots[0]!.close();
    let isReady = false;
    void pool.ready().then(() => (isReady = true));
    await afterPromises();
    expect(isReady).toBe(true);
  });

  it('makes ready() refuse more than there can be', async () => {
    const { pool } = instantLab({ max: 2 });
    await pool.ready(2);
    pool.slots[0]!.close();
    let answer: unknown = 'none';
    pool.ready(2).then(
      () => (answer = 'ready'),
      (error: unknown) => (answer = error),
    );
    await afterPromises();
    expect(answer).toBeInstanceOf(RangeError);
  });

  it('leaves nobody waiting for ready() who cannot get what he waits for', async () => {
    const { pool, transport } = handLab({ max: 2 });
    let answer: unknown = 'none';
    pool.ready(2).then(
      () => (answer = 'ready'),
      (error: unknown) => (answer = error),
    );
    transport.opens[0]!.accept();
    pool.slots[1]!.close();
    await afterPromises();
    expect(answer).not.toBe('none');
  });

  it('leaves the endpoints that are kept open able to open', () => {
    const sites = new Sites(['a', 'b'], { max: 2, minPerEndpoint: 1 });
    sites.clock.advance(0);
    expect(sites.open).toEqual({ a: 1, b: 1 });
    sites.pool.slots[0]!.close();
    expect(sites.open).toEqual({ a: 0, b: 1 });
    sites.pool.slots[1]!.reset();
    sites.clock.advance(10_000);
    const waits = sites.ask();
    sites.clock.advance(10_000);
    expect(waits.values).toHaveLength(1);
  });

  it('makes room again by resize', () => {
    const { pool } = instantLab({ max: 2 });
    stockIdle(pool, 2);
    for (const slot of pool.slots) slot.close();
    const waits = record(pool.borrow());
    expect(waits.values).toEqual([]);
    pool.resize({ max: 3 });
    expect(waits.values).toHaveLength(1);
    expect(pool.slots.map(({ state }) => state)).toEqual(['empty', 'empty', 'lent']);
  });
});

describe('a pool all of whose slots are closed', () => {
  it('lets those who wait wait until their time is up, and dials nothing', () => {
    const { pool, transport, clock } = instantLab({ max: 2, acquireTimeout: 1_000 });
    stockIdle(pool, 2);
    for (const slot of pool.slots) slot.close();
    const waits = record(pool.borrow());
    clock.advance(999);
    expect(waits.isOver).toBe(false);
    clock.advance(1);
    expect(waits.error).toBeInstanceOf(AcquireTimeoutError);
    expect(transport.opens).toHaveLength(2);
    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('closes like any other', async () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    pool.slots[0]!.close();
    const report = pool.close();
    expect(await reportOf(report)).toBe('pending');
    lease.release();
    expect(await reportOf(report)).toMatchObject({ closed: 1 });
    pool.slots[0]!.close();
    pool.slots[0]!.reset({ force: true });
  });
});
