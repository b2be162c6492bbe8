import { concat, NEVER, of, Subscription, throwError, type ObservableInput, type Unsubscribable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, QueueFullError } from '../../src/index.js';
import { record } from '../pool/pool-lab.js';
import { ask, createWorld, useOnce, type SimulatedPool, type World } from './world.js';

/** A pool of one connection, which is lent until 200 ms and then gone; whoever dials from 200 ms on is refused. */
function hardTimes(): World {
  const world = createWorld({ max: 1 });
  const { clock, server, pool } = world;
  const holder = record(pool.borrow());
  clock.advance(100);
  clock.set(clock.now() + 200, () => {
    server.close();
    holder.only.destroy();
  });
  return world;
}

describe('pain points of other pools', () => {
  it('9: a wait that has timed out leaks the connection that comes after it', () => {
    const { clock, network, pool } = createWorld({ max: 3 }, { acceptDelay: 50 });
    const late = Array.from({ length: 40 }, (_, i) => record(pool.borrow({ timeout: 2 * i })));
    for (let ms = 0; ms < 100; ms++) {
      clock.advance(1);
      const { idle, lent, checking, connecting, closing, owned } = pool.stats;
      expect(idle + lent + checking + connecting + closing).toBe(owned);
      expect(network.sockets.size).toBe(owned);
    }
    expect(late.map(({ values, failed }) => values.length + Number(failed))).toEqual(late.map(() => 1));
    for (const { values } of late) for (const lease of values) lease.release();
    expect(pool.stats).toMatchObject({ idle: 3, lent: 0, owned: 3, waiting: 0 });
    expect([1, 2, 3].map(() => pool.tryBorrow())).not.toContain(undefined);
  });

  it.each<[string, (pool: SimulatedPool) => void]>([
    ['its project throws', (pool) => use(pool, fail)],
    ['its project errors', (pool) => use(pool, () => throwError(() => new Error('no')))],
    ['its project ends', (pool) => use(pool, () => of(1))],
    ['its caller leaves', (pool) => use(pool, () => NEVER).unsubscribe()],
    ['its caller throws', (pool) => expect(() => throwWhileUsing(pool)).toThrow('no')],
    ['its subscription ends', (pool) => subscriptionOf(pool.tryBorrow()!).unsubscribe()],
  ])('10: a loan is forgotten when %s, and all who come after it time out', (_name, borrow) => {
    const { clock, pool } = createWorld({ max: 1, min: 1 });
    clock.advance(10);
    borrow(pool);
    const next = ask(pool, 'hello');
    clock.advance(1_000);
    expect(next.only).toBe('hello');
    expect(pool.stats).toMatchObject({ lent: 0, owned: 1 });
  });

  it('15: the queue grows without limit', () => {
    const { clock, pool } = createWorld({}, { accept: () => 'ignore' });
    const waiting = Array.from({ length: 10_000 }, () => record(pool.borrow()));
    const oneMore = record(pool.borrow());
    expect(oneMore.error).toBeInstanceOf(QueueFullError);
    expect(pool.stats).toMatchObject({ waiting: 10_000, rejected: 1 });
    clock.advance(1_000);
    expect(waiting.filter(({ failed }) => failed)).toEqual([]);
  });

  it('16: the timeout of a borrow is missing', () => {
    const { clock, pool } = createWorld({}, { accept: () => 'ignore' });
    const lease = record(pool.borrow());
    clock.advance(29_999);
    expect(lease.isOver).toBe(false);
    clock.advance(1);
    expect(lease.error).toBeInstanceOf(AcquireTimeoutError);
  });

  it('16: or starts over with each step: queue, loss, attempts', () => {
    const { clock, pool } = hardTimes();
    const lease = record(pool.borrow({ timeout: 500 }));
    clock.advance(499);
    expect(lease.isOver).toBe(false);
    expect(pool.stats.failed).toBeGreaterThan(0);
    clock.advance(1);
    expect(lease.error).toMatchObject({ info: { waited: 500 } });
  });

  it('16: or leaves out the validation', () => {
    const { clock, pool } = createWorld({ max: 1, validate: () => NEVER, validateAfter: 0 });
    useOnce({ pool, clock });
    clock.advance(10);
    const lease = record(pool.borrow({ timeout: 100 }));
    clock.advance(99);
    expect([lease.isOver, pool.stats.checking]).toEqual([false, 1]);
    clock.advance(1);
    expect(lease.error).toMatchObject({ info: { waited: 100, checking: 1 } });
  });

  it('16: or fires after the grant', () => {
    const { clock, pool } = createWorld();
    const lease = record(pool.borrow({ timeout: 100 }));
    clock.advance(10_000);
    expect(lease.only.socket.readyState).toBe('open');
    expect(pool.stats).toMatchObject({ lent: 1, timedOut: 0 });
  });

  it('17: a wait cannot be cancelled, or takes a connection with it', () => {
    const { clock, pool } = createWorld({ max: 1, maxWaiting: 3 });
    const abort = new AbortController();
    const first = record(pool.borrow({ signal: abort.signal }));
    const second = record(pool.borrow());
    const third = record(pool.borrow());
    expect(record(pool.borrow()).error).toBeInstanceOf(QueueFullError);
    abort.abort(new Error('enough'));
    second.subscription.unsubscribe();
    expect(first.error).toEqual(new Error('enough'));
    expect(pool.stats).toMatchObject({ waiting: 1, cancelled: 2 });
    // Those who have left hold no place in the queue.
    const fourth = record(pool.borrow());
    expect(fourth.isOver).toBe(false);
    clock.advance(10);
    third.only.release();
    fourth.only.release();
    expect([first.values, second.values]).toEqual([[], []]);
    expect(pool.stats).toMatchObject({ idle: 1, opened: 1 });
  });

  it('17: also in the moment of the grant, and while the only attempt is made for it', () => {
    const { clock, pool } = createWorld({ max: 2 });
    const abort = new AbortController();
    const others = [
      record(pool.borrow({ signal: abort.signal })),
      record(pool.borrow()),
      record(pool.borrow({ signal: abort.signal })),
    ];
    pool.events$.subscribe(({ type }) => {
      if (type !== 'opened') return;
      abort.abort();
      others[1]!.subscription.unsubscribe();
    });
    clock.advance(10);
    expect(others.flatMap(({ values }) => values)).toEqual([]);
    expect(pool.stats).toMatchObject({ idle: 2, lent: 0, waiting: 0 });
  });

  it('a borrower that holds one connection and waits for a second one blocks the others for ever', () => {
    const { clock, pool } = createWorld({ name: 'cache', max: 2 });
    const outer = [record(pool.borrow()), record(pool.borrow())];
    clock.advance(10);
    const inner = outer.map(() => record(pool.borrow({ timeout: 1_000 })));
    clock.advance(1_000);
    for (const { error } of inner) expect(error).toMatchObject({ info: { lent: 2, max: 2, idle: 0 } });
    expect(String(inner[0]!.error)).toContain('2 lent');
    expect(pool.slots.map(({ inUse }) => inUse > 1_000)).toEqual([true, true]);
  });

  it('a borrower is told twice: of its timeout, and of what became of the attempt', () => {
    const { clock, network, pool } = createWorld({}, { acceptDelay: 120 }, { connectTimeout: 100 });
    const told: string[] = [];
    const tell = (what: string) => (): number => told.push(what);
    const borrow = (timeout: number): Subscription =>
      pool.borrow({ timeout }).subscribe({ next: tell('lease'), error: tell('error'), complete: tell('complete') });
    // Before the attempt ends, as it ends, and after.
    for (const timeout of [50, 100, 119, 121, 150]) borrow(timeout);
    clock.advance(200);
    expect(told).toEqual(['error', 'error', 'error', 'error', 'error']);
    expect(pool.stats).toMatchObject({ queued: 5, timedOut: 5, lent: 0, idle: 0 });
    clock.advance(1_000);
    const connecting = [...network.sockets].filter((socket) => socket.connecting);
    expect(pool.stats).toMatchObject({ connecting: connecting.length, owned: network.sockets.size, opened: 0 });
  });

  it('a burst is turned away instead of waiting its turn', () => {
    const { clock, pool } = createWorld({ max: 2 });
    const answers = Array.from({ length: 500 }, (_, i) => ask(pool, String(i)));
    clock.advance(2_000);
    expect(answers.map(({ only }) => only)).toEqual(answers.map((_, i) => String(i)));
    expect(pool.stats.opened).toBe(2);
  });

  it('a slow command stalls everybody', () => {
    const { clock, pool } = createWorld({ max: 2 });
    use(pool, () => NEVER);
    clock.advance(10);
    const answers = Array.from({ length: 10 }, (_, i) => ask(pool, String(i)));
    clock.advance(100);
    expect(answers.map(({ completed }) => completed)).not.toContain(false);
  });
});

function use(pool: SimulatedPool, project: () => ObservableInput<unknown>): Subscription {
  return record(pool.use(() => concat(of(0), project()))).subscription;
}

function fail(): never {
  throw new Error('no');
}

function subscriptionOf(lease: Unsubscribable): Subscription {
  const subscription = new Subscription();
  subscription.add(lease);
  return subscription;
}

function throwWhileUsing(pool: SimulatedPool): void {
  using lease = pool.tryBorrow()!;
  expect(lease.socket.readyState).toBe('open');
  fail();
}
