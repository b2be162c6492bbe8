import { describe, expect, it } from 'vitest';
import { borrowMany, instantLab, record, stockIdle } from './pool-lab.js';

const never = (): Promise<boolean> => new Promise(() => undefined);

describe('a look at an idle connection before its loan', () => {
  it('that finds it bad closes it by force, says why, and goes on to the next', () => {
    const { pool, transport } = instantLab();
    const [good, bad] = stockIdle(pool, 2);
    const events = record(pool.events$);
    transport.usable = (socket) => socket !== bad;
    expect(pool.tryBorrow()?.socket).toBe(good);
    expect(transport.closes).toMatchObject([{ socket: bad, force: true }]);
    expect(events.values).toMatchObject([
      { type: 'closed', reason: 'unhealthy', slot: 1 },
      { type: 'borrowed', slot: 0 },
    ]);
  });

  it('goes on to one that has to be validated as well', () => {
    const { pool, transport, clock } = instantLab();
    const [good, bad] = stockIdle(pool, 2);
    clock.advance(1_000);
    transport.validate = (socket) => socket !== bad;
    expect(pool.tryBorrow()?.socket).toBe(good);
  });

  it('that loses it lends the next, and counts one loan', () => {
    const { pool, transport } = instantLab();
    const [good, bad] = stockIdle(pool, 2);
    const { borrowed } = pool.stats;
    transport.usable = (socket) => {
      if (socket === bad) transport.opens[1]!.lose();
      return true;
    };
    expect(pool.tryBorrow()?.socket).toBe(good);
    expect(pool.stats).toMatchObject({ lent: 1, lost: 1, lostLent: 0, borrowed: borrowed + 1 });
  });

  it('that loses it while it is validated lends the next', () => {
    const { pool, transport, clock } = instantLab();
    const [good, bad] = stockIdle(pool, 2);
    clock.advance(1_000);
    transport.validate = (socket) => {
      if (socket === bad) transport.opens[1]!.lose();
      return true;
    };
    expect(pool.tryBorrow()?.socket).toBe(good);
    expect(pool.stats).toMatchObject({ lent: 1, lost: 1, lostLent: 0 });
  });

  it('that closes the pool lends nothing', () => {
    const { pool, transport } = instantLab();
    transport.holdCloses = true;
    stockIdle(pool, 2);
    transport.usable = () => {
      void pool.close();
      return true;
    };
    expect(pool.tryBorrow()).toBeUndefined();
    expect(pool.stats).toMatchObject({ lent: 0, closing: 2 });
  });
});

describe('while the longest idle connection is being validated, with fifo', () => {
  function oldAndFresh() {
    const lab = instantLab({ max: 2, order: 'fifo' });
    lab.transport.validate = never;
    const [old, fresh] = borrowMany(lab.pool, 2);
    old!.release();
    lab.clock.advance(1_000);
    const { socket } = fresh!;
    fresh!.release();
    return { ...lab, socket };
  }

  it('one that need not be validated is lent, once', () => {
    const { pool, socket } = oldAndFresh();
    expect(pool.tryBorrow()?.socket).toBe(socket);
    expect(pool.tryBorrow()).toBeUndefined();
    expect(pool.stats).toMatchObject({ checking: 1, lent: 1, idle: 0 });
  });

  it('one that is found bad is not lent', () => {
    const { pool, transport, socket } = oldAndFresh();
    transport.holdCloses = true;
    transport.usable = (one) => one !== socket;
    expect(pool.tryBorrow()).toBeUndefined();
    expect(pool.stats).toMatchObject({ checking: 1, closing: 1, lent: 0 });
  });
});
