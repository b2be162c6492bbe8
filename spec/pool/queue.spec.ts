import { describe, expect, it, vi } from 'vitest';
import { AcquireTimeoutError, createPool, QueueFullError } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { borrowNow, handLab, instantLab, record, stockIdle } from './pool-lab.js';

describe('maxWaiting', () => {
  it('turns away whoever comes when so many wait, at once and with an error that says so', () => {
    const { pool } = handLab({ max: 1, maxWaiting: 2, name: 'cache' });
    const waiters = [record(pool.borrow()), record(pool.borrow())];
    const tooMany = record(pool.borrow());
    expect(tooMany.error).toBeInstanceOf(QueueFullError);
    expect(tooMany.error).toMatchObject({
      code: 'RXPOOL_QUEUE_FULL',
      message: 'pool cache: 2 borrowers wait already (maxWaiting)',
      info: { pool: 'cache', maxWaiting: 2 },
      retryable: true,
    });
    expect(waiters.some(({ isOver }) => isOver)).toBe(false);
    expect(pool.stats).toMatchObject({ waiting: 2, rejected: 1 });
  });

  it('has room again when a waiter leaves', () => {
    const { pool } = handLab({ max: 1, maxWaiting: 1 });
    record(pool.borrow()).subscription.unsubscribe();
    expect(record(pool.borrow()).failed).toBe(false);
  });

  it('of 0 serves only those for whom a connection is idle', () => {
    const { pool, clock } = instantLab({ min: 1, maxWaiting: 0 });
    clock.turn();
    const lease = borrowNow(pool);
    expect(record(pool.borrow()).error).toBeInstanceOf(QueueFullError);
    lease.release();
    expect(borrowNow(pool).socket).toBeDefined();
  });

  it('is 10 000 by default', () => {
    const { pool } = handLab({ max: 1 });
    const errors: unknown[] = [];
    for (let i = 0; i < 10_001; i++) pool.borrow().subscribe({ error: (error: unknown) => errors.push(error) });
    expect(pool.stats.waiting).toBe(10_000);
    expect(errors).toHaveLength(1);
  });
});

describe('acquireTimeout', () => {
  it('fails the waiter at its deadline, not before', () => {
    const { pool, clock } = handLab({ acquireTimeout: 70 });
    const waiter = record(pool.borrow());
    clock.advance(69);
    expect(waiter.isOver).toBe(false);
    clock.advance(1);
    expect(waiter.error).toBeInstanceOf(AcquireTimeoutError);
    expect(pool.stats).toMatchObject({ waiting: 0, timedOut: 1 });
  });

  it('is 30 s by default', () => {
    const { pool, clock } = handLab();
    const waiter = record(pool.borrow());
    clock.advance(29_999);
    expect(waiter.isOver).toBe(false);
    clock.advance(1);
    expect(waiter.failed).toBe(true);
  });

  it('of 0 serves at once or fails in the next turn', () => {
    const { pool, clock } = handLab({ acquireTimeout: 0 });
    const waiter = record(pool.borrow());
    clock.advance(0);
    expect(waiter.error).toBeInstanceOf(AcquireTimeoutError);
    const { pool: ready } = instantLab({ acquireTimeout: 0 });
    stockIdle(ready, 1);
    expect(borrowNow(ready).socket).toBeDefined();
  });

  it('of Infinity never fails', () => {
    const { pool, clock, transport } = handLab({ acquireTimeout: Infinity });
    const waiter = record(pool.borrow());
    clock.advance(10 * 86_400_000);
    expect(waiter.isOver).toBe(false);
    transport.last.accept();
    expect(waiter.values).toHaveLength(1);
  });

  it('is one deadline over queue, failed connects and check, and starts over for none of them', () => {
    const { pool, clock, transport } = handLab({ max: 1, acquireTimeout: 100, retry: { delay: 20 } });
    transport.validate = () => new Promise<boolean>(() => {});
    const first = record(pool.borrow());
    transport.last.accept();
    clock.advance(1_000);
    const waiter = record(pool.borrow());
    clock.advance(30);
    transport.last.lose();
    clock.advance(20);
    transport.last.refuse();
    clock.advance(49);
    expect(waiter.isOver).toBe(false);
    clock.advance(1);
    expect(waiter.error).toMatchObject({ info: { waited: 100 } });
    expect(first.failed).toBe(false);
  });

  it('runs on while a connection is being checked for the waiter', () => {
    const { pool, clock, transport } = instantLab({ acquireTimeout: 100, hookTimeout: 10_000 });
    transport.validate = () => new Promise<boolean>(() => {});
    stockIdle(pool, 1);
    clock.advance(1_000);
    const waiter = record(pool.borrow());
    expect(pool.stats).toMatchObject({ checking: 1, waiting: 1 });
    clock.advance(100);
    expect(waiter.error).toMatchObject({ info: { checking: 1 } });
  });

  it('never fires after the grant', () => {
    const { pool, clock, transport } = handLab({ acquireTimeout: 100 });
    const waiter = record(pool.borrow());
    clock.advance(99);
    transport.last.accept();
    clock.advance(10_000);
    expect(waiter).toMatchObject({ failed: false, completed: true });
    expect(pool.stats).toMatchObject({ timedOut: 0, lent: 1 });
  });

  it('fails each waiter at its own deadline, whatever the order in which they came', () => {
    const { pool, clock } = handLab({ max: 1 });
    const failed: string[] = [];
    for (const timeout of [300, 100, 200, 100]) {
      pool.borrow({ timeout }).subscribe({ error: () => failed.push(`${timeout} at ${clock.now() - 1_000_000}`) });
    }
    clock.advance(1_000);
    expect(failed).toEqual(['100 at 100', '100 at 100', '200 at 200', '300 at 300']);
  });

  it('does not delay those who stay behind one that timed out', () => {
    const { pool, clock } = instantLab({ max: 1 });
    const held = borrowNow(pool);
    record(pool.borrow({ timeout: 10 }));
    const patient = record(pool.borrow());
    clock.advance(10);
    held.release();
    expect(patient.values).toHaveLength(1);
  });
});

describe('a timeout', () => {
  it('says what the pool was doing', () => {
    const clock = new VirtualClock();
    const [up, dead] = [fakeTransport('up:1'), fakeTransport('dead:1')];
    up.onOpen = (attempt) => attempt.accept();
    const pool = createPool([up, dead], {
      clock,
      max: 3,
      maxPerEndpoint: 1,
      name: 'shop',
      retry: { delay: 60_000, urgentMax: 60_000 },
    });
    record(pool.borrow());
    const waiter = record(pool.borrow({ timeout: 500 }));
    record(pool.borrow());
    const refusal = new Error('connect ECONNREFUSED');
    dead.last.refuse(refusal);
    clock.advance(500);

    expect(waiter.error).toBeInstanceOf(AcquireTimeoutError);
    expect(waiter.error).toMatchObject({
      code: 'RXPOOL_ACQUIRE_TIMEOUT',
      retryable: true,
      cause: refusal,
      message:
        'pool shop: no connection within 500 ms (1 lent, 0 idle, 0 checking, 0 connecting of 3; 1 more waiting; ' +
        'up:1 up; dead:1 down (connect ECONNREFUSED))',
      info: {
        pool: 'shop',
        waited: 500,
        max: 3,
        lent: 1,
        waiting: 1,
        endpoints: [
          { address: 'up:1', status: { state: 'up' } },
          { address: 'dead:1', status: { state: 'down', error: refusal, nextAttemptAt: 1_060_000 } },
        ],
      },
    });
  });

  it('has no cause where no endpoint has failed', () => {
    const { pool, clock } = handLab();
    const waiter = record(pool.borrow({ timeout: 5 }));
    clock.advance(5);
    expect(waiter.error).toMatchObject({ info: { connecting: 1, waiting: 0 } });
    expect(waiter.error).not.toHaveProperty('cause');
  });
});

describe('the timer of a pool', () => {
  it('is one, however many wait, and none is set by a borrow of an idle connection', () => {
    const { pool, clock } = instantLab({ max: 1 });
    stockIdle(pool, 1);
    const set = vi.spyOn(clock, 'set');
    for (let i = 0; i < 100; i++) borrowNow(pool).release();
    expect(set).not.toHaveBeenCalled();
    const lease = borrowNow(pool);
    for (let i = 0; i < 1_000; i++) pool.borrow().subscribe((one) => one.release());
    expect(clock.pending).toBe(1);
    expect(set.mock.calls.length).toBeLessThanOrEqual(2);
    lease.release();
    expect(set.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('keeps the process alive while somebody waits, and only then', () => {
    const { pool, clock, transport } = handLab({ min: 1 });
    expect(clock.keepsAlive).toBe(false);
    const waiter = record(pool.borrow());
    expect(clock.keepsAlive).toBe(true);
    transport.last.accept();
    expect(clock.keepsAlive).toBe(false);
    waiter.only.release();
    expect(pool.stats.idle).toBe(1);
    expect(clock.keepsAlive).toBe(false);
  });

  it('lets the process go when the last waiter leaves or times out', () => {
    const { pool, clock } = handLab({ max: 1 });
    const left = record(pool.borrow());
    left.subscription.unsubscribe();
    expect(clock.keepsAlive).toBe(false);
    record(pool.borrow({ timeout: 10 }));
    expect(clock.keepsAlive).toBe(true);
    clock.advance(10);
    expect(clock.keepsAlive).toBe(false);
  });

  it('keeps the process alive for a waiter without deadline also after it has rung for something else', () => {
    const { pool, clock } = instantLab({ max: 1, acquireTimeout: Infinity, idleTimeout: 100 });
    stockIdle(pool, 1);
    borrowNow(pool);
    record(pool.borrow());
    expect(clock.keepsAlive).toBe(true);
    clock.advance(1_000);
    expect(pool.stats.waiting).toBe(1);
    expect(clock.keepsAlive).toBe(true);
  });

  it('keeps the process alive for a waiter without deadline for longer than a day', () => {
    const { pool, clock } = handLab({ acquireTimeout: Infinity });
    record(pool.borrow());
    clock.advance(2 * 86_400_000);
    expect(clock.keepsAlive).toBe(true);
  });

  it('keeps the process alive for a waiter whose endpoint is down', () => {
    const { pool, clock, transport } = handLab({ retry: { delay: 100 } });
    transport.onOpen = (attempt) => attempt.refuse();
    record(pool.borrow());
    clock.advance(5_000);
    expect(pool.stats.waiting).toBe(1);
    expect(clock.keepsAlive).toBe(true);
  });
});

describe('a socket that is idle', () => {
  it('is unref’ed, and ref’ed again while it is lent', () => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    const { socket } = lease;
    expect(socket.refed).toBe(true);
    lease.release();
    expect(socket.refed).toBe(false);
    borrowNow(pool);
    expect(socket.refed).toBe(true);
  });

  it('stays as it is when it goes from one borrower straight to the next', () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const { socket } = lease;
    record(pool.borrow());
    lease.release();
    expect(socket.unrefs).toBe(0);
  });
});
