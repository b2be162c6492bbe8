import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { afterPromises, borrowNow, instantLab, record, stockIdle, type Lab } from './pool-lab.js';

const thrower = (): never => {
  throw new Error('hook');
};
const yes: [string, () => Answer][] = [
  ['true', () => true],
  ['a promise of true', () => Promise.resolve(true)],
  ['an Observable of true', () => of(true)],
];
const no: [string, () => Answer][] = [
  ['false', () => false],
  ['a promise of false', () => Promise.resolve(false)],
  ['an Observable of false', () => of(false)],
  ['an empty Observable', () => EMPTY],
  ['an Observable that errors', () => throwError(() => new Error('hook'))],
  ['a rejected promise', () => Promise.reject(new Error('hook'))],
  ['an exception', thrower],
  ['nothing that can be subscribed', () => 7 as never],
  ['a truthy value that is not true', () => of('yes' as unknown as boolean)],
];

/** One idle connection that has rested for long enough to be validated. */
function rested(validate: () => Answer, config = {}): Lab {
  const transport = fakeTransport();
  transport.validate = validate;
  const lab = instantLab({ max: 1, hookTimeout: 1_000, ...config }, transport);
  stockIdle(lab.pool, 1);
  lab.clock.advance(501);
  return lab;
}

describe('restore, after a loan', () => {
  it.each(yes)('keeps the connection for the next borrower on %s', async (_name, restore) => {
    const { pool, transport } = instantLab({ max: 1 });
    transport.restore = restore;
    const lease = borrowNow(pool);
    const { socket } = lease;
    const next = record(pool.borrow());
    lease.release();
    await afterPromises();
    expect(next.only.socket).toBe(socket);
    expect(transport.closes).toEqual([]);
  });

  it.each(no)('closes the connection on %s, and the next borrower gets another', async (_name, restore) => {
    const { pool, transport } = instantLab({ max: 1 });
    transport.restore = restore;
    const lease = borrowNow(pool);
    const { socket } = lease;
    const next = record(pool.borrow());
    const events = record(pool.events$);
    lease.release();
    await afterPromises();
    expect(socket.closed).toBe(true);
    expect(next.only.socket).not.toBe(socket);
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'closed', reason: 'unhealthy', slot: 0 }));
    expect(transport.closes).toMatchObject([{ force: true }]);
    expect(pool.stats).toMatchObject({ released: 1, destroyed: 0, closed: 1 });
  });

  it('holds the slot, checking, for as long as it runs, and nobody gets the socket meanwhile', async () => {
    const { pool, transport } = instantLab({ max: 1 });
    let answer: (ok: boolean) => void = () => {};
    transport.restore = () => new Promise((resolve) => (answer = resolve));
    borrowNow(pool).release();
    expect(pool.stats).toMatchObject({ checking: 1, idle: 0, owned: 1 });
    expect(pool.tryBorrow()).toBeUndefined();
    answer(true);
    await afterPromises();
    expect(pool.stats).toMatchObject({ checking: 0, idle: 1 });
  });

  it('costs its connection after hookTimeout where it hangs, and its late answer is ignored', async () => {
    const { pool, transport, clock } = instantLab({ max: 1, hookTimeout: 200 });
    let answer: (ok: boolean) => void = () => {};
    transport.restore = () => new Promise((resolve) => (answer = resolve));
    borrowNow(pool).release();
    const waiter = record(pool.borrow());
    clock.advance(199);
    expect(waiter.values).toEqual([]);
    clock.advance(1);
    expect(waiter.only.socket).toBe(transport.opens[1]!.socket);
    const before = pool.stats;
    answer(true);
    await afterPromises();
    expect(pool.stats).toEqual(before);
    expect(transport.opens[0]!.socket!.closed).toBe(true);
  });

  it('has 5 s by default', () => {
    const { pool, transport, clock } = instantLab();
    transport.restore = () => NEVER;
    borrowNow(pool).release();
    clock.advance(4_999);
    expect(pool.stats.checking).toBe(1);
    clock.advance(1);
    expect(pool.stats.checking).toBe(0);
  });

  it('is not run after a destroy, a detach or a loss', () => {
    const { pool, transport, clock } = instantLab();
    let runs = 0;
    transport.restore = () => ++runs > 0;
    borrowNow(pool).destroy();
    borrowNow(pool).detach();
    borrowNow(pool);
    transport.last.lose();
    clock.advance(10);
    expect(runs).toBe(0);
  });

  it('forgets its check where the connection is lost meanwhile', async () => {
    const { pool, transport, clock } = instantLab({ hookTimeout: 200 });
    let answer: (ok: boolean) => void = () => {};
    transport.restore = () => new Promise((resolve) => (answer = resolve));
    borrowNow(pool).release();
    transport.last.lose();
    expect(pool.stats).toMatchObject({ checking: 0, lost: 1, lostLent: 0 });
    answer(true);
    await afterPromises();
    clock.advance(200);
    expect(transport.closes).toEqual([]);
  });
});

describe('usable, before a grant', () => {
  it('false closes the idle connection and the borrower gets the next one', () => {
    const { pool, transport } = instantLab();
    const [first, second] = stockIdle(pool, 2);
    transport.usable = (socket) => socket !== second;
    expect(borrowNow(pool).socket).toBe(first);
    expect(second!.closed).toBe(true);
  });

  it('false on all of them dials a new one, and an exception counts as false', () => {
    const { pool, transport } = instantLab();
    stockIdle(pool, 2);
    transport.usable = thrower;
    const fresh = borrowNow(pool);
    expect(transport.opens[2]!.socket).toBe(fresh.socket);
    expect(pool.stats).toMatchObject({ lent: 1, owned: 1, closed: 2 });
  });

  it('is looked at within 30 s also while nobody borrows', () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: Infinity });
    const [socket] = stockIdle(pool, 1);
    transport.usable = () => false;
    clock.advance(30_000);
    expect(socket!.closed).toBe(true);
    expect(pool.stats).toMatchObject({ owned: 0, closed: 1 });
  });
});

describe('validate, before a grant after a rest', () => {
  it('is asked only of a connection idle for longer than validateAfter', () => {
    const lab = instantLab({ validateAfter: 80 });
    let asked = 0;
    lab.transport.validate = () => ++asked > 0;
    stockIdle(lab.pool, 1);
    lab.clock.advance(80);
    borrowNow(lab.pool).release();
    expect(asked).toBe(0);
    lab.clock.advance(81);
    borrowNow(lab.pool).release();
    expect(asked).toBe(1);
  });

  it('is asked after 500 ms by default, after any rest with 0, and never with Infinity', () => {
    const askedAfter = (validateAfter: number | undefined, rest: number): boolean => {
      const lab = instantLab({ idleTimeout: Infinity, ...(validateAfter !== undefined && { validateAfter }) });
      let asked = false;
      lab.transport.validate = () => (asked = true);
      stockIdle(lab.pool, 1);
      lab.clock.advance(rest);
      borrowNow(lab.pool);
      return asked;
    };
    expect([askedAfter(undefined, 500), askedAfter(undefined, 501)]).toEqual([false, true]);
    expect([askedAfter(0, 0), askedAfter(0, 1)]).toEqual([false, true]);
    expect(askedAfter(Infinity, 1_000_000)).toBe(false);
  });

  it.each(yes)('lends the connection on %s', async (_name, validate) => {
    const { pool, transport } = rested(validate);
    const waiter = record(pool.borrow());
    await afterPromises();
    expect(waiter.only.socket).toBe(transport.opens[0]!.socket);
    expect(transport.opens).toHaveLength(1);
  });

  it('does not lend a connection that has become unusable meanwhile, whatever the answer', () => {
    const answer = new Subject<boolean>();
    const { pool, transport } = rested(() => answer);
    const next = record(pool.borrow());
    transport.usable = (socket) => socket.id > 0;
    answer.next(true);
    answer.complete();
    expect(transport.closes).toHaveLength(1);
    expect(next.only.socket.id).toBe(1);
  });

  it.each(no)('closes the connection on %s and dials another', async (_name, validate) => {
    const { pool, transport } = rested(validate);
    const waiter = record(pool.borrow());
    await afterPromises();
    expect(waiter.only.socket).toBe(transport.opens[1]!.socket);
    expect(transport.opens[0]!.socket!.closed).toBe(true);
  });

  it('answers at once within the subscribe where it can', () => {
    const { pool } = rested(() => true);
    expect(borrowNow(pool).socket.id).toBe(0);
  });

  it('costs its connection after hookTimeout where it hangs', () => {
    const { pool, transport, clock } = rested(() => NEVER);
    const waiter = record(pool.borrow());
    clock.advance(999);
    expect(waiter.values).toEqual([]);
    clock.advance(1);
    expect(waiter.only.socket).toBe(transport.opens[1]!.socket);
  });

  it('of a borrower that has left makes the connection idle, known to be good', async () => {
    const { pool } = rested(() => Promise.resolve(true));
    record(pool.borrow()).subscription.unsubscribe();
    await afterPromises();
    expect(pool.stats).toMatchObject({ idle: 1, checking: 0, owned: 1 });
    expect(pool.tryBorrow()).toBeDefined();
  });

  it('does not hold up a borrower for whom another connection is idle', () => {
    const { pool, transport, clock } = instantLab({ order: 'fifo', max: 2 });
    transport.validate = () => NEVER;
    const [tired, fresh] = [borrowNow(pool), borrowNow(pool)];
    tired.release();
    clock.advance(501);
    const { socket } = fresh;
    fresh.release();
    expect(record(pool.borrow()).values.map((lease) => lease.socket.id)).toEqual([socket.id]);
  });

  it('does not hold up a second borrower for whom there is room to dial', () => {
    const { pool } = rested(() => NEVER, { max: 2 });
    const waiters = [record(pool.borrow()), record(pool.borrow())];
    expect(waiters.filter(({ values }) => values.length === 1)).toHaveLength(1);
  });
});

describe('a hook that calls back into the pool', () => {
  it.each(['restore', 'validate'] as const)('may borrow: %s', (hook) => {
    const { pool, transport, clock } = instantLab({ max: 3 });
    const inside: unknown[] = [];
    transport.validate = () => true;
    stockIdle(pool, 1);
    clock.advance(501);
    transport[hook] = () => {
      if (inside.length === 0) inside.push(record(pool.borrow()).values);
      return true;
    };
    borrowNow(pool).release();
    expect(inside).toHaveLength(1);
    expect(inside[0]).toHaveLength(1);
    expect(pool.stats).toMatchObject({ lent: 1, waiting: 0 });
  });

  it.each(['restore', 'validate'] as const)('may close the pool: %s', async (hook) => {
    const { pool, transport, clock } = instantLab();
    transport.validate = () => true;
    stockIdle(pool, 1);
    clock.advance(501);
    let closed: Promise<unknown> | undefined;
    transport[hook] = () => {
      closed ??= pool.close();
      return true;
    };
    for (const lease of record(pool.borrow()).values) lease.release();
    expect(closed).toBeDefined();
    await closed;
    expect(transport.active).toBe(0);
    expect(pool.stats.owned).toBe(0);
  });
});
