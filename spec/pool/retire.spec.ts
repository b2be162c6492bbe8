import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { afterPromises, borrowMany, borrowNow, handLab, instantLab, record, reportOf, stockIdle } from './pool-lab.js';

describe('retire', () => {
  it('closes what is idle now, gracefully, with its reason', () => {
    const { pool, transport } = instantLab();
    const sockets = stockIdle(pool, 3);
    const events = record(pool.events$);
    pool.retire();
    expect(sockets.every(({ closed }) => closed)).toBe(true);
    expect(transport.closes.every(({ force }) => !force)).toBe(true);
    expect(events.values.filter(({ type }) => type === 'closed')).toMatchObject([
      { reason: 'retired', slot: 0 },
      { reason: 'retired', slot: 1 },
      { reason: 'retired', slot: 2 },
    ]);
    expect(pool.stats).toMatchObject({ owned: 0, closed: 3 });
  });

  it('closes what is lent when it comes back, and not before', () => {
    const { pool } = instantLab({ max: 1 });
    const events = record(pool.events$);
    const lease = borrowNow(pool);
    const next = record(pool.borrow());
    const { socket } = lease;
    pool.retire();
    expect([socket.closed, next.values.length]).toEqual([false, 0]);
    lease.release();
    expect([socket.closed, next.only.socket.id]).toEqual([true, 1]);
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'closed', reason: 'retired' }));
  });

  it('does not touch what is opened after it', () => {
    const { pool } = instantLab({ max: 2 });
    const old = borrowNow(pool);
    pool.retire();
    const young = borrowNow(pool);
    const { socket } = young;
    young.release();
    old.release();
    expect(pool.stats).toMatchObject({ idle: 1, closed: 1 });
    expect(borrowNow(pool).socket).toBe(socket);
  });

  it('gives up what is being opened, and whoever waits for it gets another', () => {
    const { pool, transport } = handLab({ max: 1 });
    const borrower = record(pool.borrow());
    pool.retire();
    expect(transport.opens[0]!.unsubscribed).toBe(true);
    expect(transport.opens).toHaveLength(2);
    transport.last.accept();
    expect(borrower.only.socket.id).toBe(1);
    expect(pool.stats).toMatchObject({ failed: 0, opened: 1 });
  });

  it('gives up what is being prepared', async () => {
    let prepared: () => void = () => undefined;
    const { pool, transport } = instantLab({
      max: 1,
      prepare: async () => new Promise<void>((resolve) => (prepared = resolve)),
    });
    const borrower = record(pool.borrow());
    pool.retire();
    expect(transport.opens.map(({ isOver }) => isOver)).toEqual([true, false]);
    prepared();
    await afterPromises();
    expect(borrower.only.socket.id).toBe(1);
  });

  it.each(['restore', 'validate'] as const)(
    'closes what is being checked by %s, and its answer counts no more',
    async (hook) => {
      const { pool, transport, clock } = instantLab({ max: 1 });
      let answer: (ok: boolean) => void = () => undefined;
      const later = async (): Promise<boolean> => new Promise((resolve) => (answer = resolve));
      if (hook === 'validate') {
        transport.validate = later;
        stockIdle(pool, 1);
        clock.advance(501);
      } else {
        transport.restore = later;
        borrowNow(pool).release();
      }
      const borrower = record(pool.borrow());
      expect(pool.stats).toMatchObject({ checking: 1, waiting: 1 });
      pool.retire();
      expect(borrower.only.socket.id).toBe(1);
      answer(true);
      await afterPromises();
      expect(pool.stats).toMatchObject({ lent: 1, owned: 1, closed: 1 });
    },
  );

  it('keeps min', () => {
    const { pool, transport, clock } = instantLab({ min: 3, max: 3 });
    clock.advance(1);
    pool.retire();
    expect(pool.stats).toMatchObject({ idle: 3, closed: 3, opened: 6 });
    expect(transport.mostActive).toBe(3);
  });

  it('breaks before it makes, where closes take time', () => {
    const { pool, transport, clock } = instantLab({ min: 2, max: 2 });
    clock.advance(1);
    transport.holdCloses = true;
    pool.retire();
    expect(pool.stats).toMatchObject({ closing: 2, owned: 2, idle: 0 });
    transport.closes[0]!.finish();
    expect(pool.stats).toMatchObject({ closing: 1, idle: 1 });
    transport.closes[1]!.finish();
    expect(pool.stats).toMatchObject({ closing: 0, idle: 2 });
    expect(transport.mostActive).toBe(2);
  });

  it('twice is no more than once', () => {
    const { pool } = instantLab({ max: 2 });
    const lease = borrowNow(pool);
    pool.retire();
    pool.retire();
    lease.release();
    expect(pool.stats).toMatchObject({ owned: 0, closed: 1 });
    pool.retire();
    expect(pool.stats.closed).toBe(1);
  });

  it('of a shared connection waits for the last lease, and nobody joins', () => {
    const { pool } = instantLab({ max: 2, concurrency: 2 });
    const leases = [borrowNow(pool)];
    pool.retire();
    leases.push(borrowNow(pool));
    expect(leases.map(({ socket }) => socket.id)).toEqual([0, 1]);
    leases[0]!.release();
    expect(pool.stats).toMatchObject({ lent: 1, closed: 1 });
  });

  it('of what then is destroyed or detached adds nothing', () => {
    const { pool, transport } = instantLab({ max: 2 });
    const [first, second] = borrowMany(pool, 2);
    pool.retire();
    first!.destroy();
    const socket = second!.detach();
    expect(socket.closed).toBe(false);
    expect(pool.stats).toMatchObject({ owned: 0, closed: 1, detached: 1 });
    expect(transport.closes).toMatchObject([{ force: true }]);
  });

  it('of an endpoint that is down gives up no borrower', () => {
    const { pool, transport, clock } = handLab({ max: 2 });
    const borrower = record(pool.borrow());
    transport.last.refuse();
    pool.retire();
    clock.advance(1_000);
    pool.retire();
    clock.advance(1_000);
    transport.last.accept();
    expect(borrower.values).toHaveLength(1);
  });

  it('after close does nothing', async () => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    const report = pool.close();
    pool.retire();
    lease.release();
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });

  it('while workers are at it serves each from the new connections', () => {
    const { pool, clock } = instantLab({ max: 2 });
    const used: number[] = [];
    for (let i = 0; i < 4; i++) {
      record(
        pool.use(({ id }) => {
          used.push(id);
          return EMPTY;
        }),
      );
      pool.retire();
      clock.advance(1);
    }
    expect(used).toEqual([0, 1, 2, 3]);
  });

  it('lends nothing that it is about to replace, not even to whoever asks within its first event', () => {
    const { pool, transport } = handLab({ min: 2, max: 4 });
    void pool.ready();
    transport.opens[1]!.accept();
    expect(pool.stats).toMatchObject({ connecting: 1, idle: 1 });
    const lent: unknown[] = [];
    pool.events$.subscribe(({ type }) => {
      if (type === 'connecting') lent.push(pool.tryBorrow());
    });
    pool.retire();
    expect(lent).toEqual([undefined, undefined]);
  });
});
