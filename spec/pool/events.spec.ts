import { describe, expect, it, vi } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { EventQueue } from '../../src/pool/event-queue.js';
import { PooledEndpoint } from '../../src/pool/pooled-endpoint.js';
import { SlotTable } from '../../src/pool/slot-table.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { unhandledDuring } from '../endpoint/unhandled.js';
import { borrowNow, handLab, instantLab, record, stockIdle } from './pool-lab.js';

const START = 1_000_000;
const on = { endpoint: 'fake:1', slot: 0 };
const types = (events: readonly PoolEvent[]): string[] => events.map(({ type }) => type);

describe('events$', () => {
  it('dials nothing and does not replay', () => {
    const { pool, transport } = instantLab();
    expect(record(pool.events$).values).toEqual([]);
    expect(transport.opens).toHaveLength(0);
    borrowNow(pool);
    expect(record(pool.events$).values).toEqual([]);
  });

  it('tells a loan from the dialling to the release', () => {
    const { pool, transport, clock } = handLab();
    const events = record(pool.events$);
    const waiter = record(pool.borrow());
    clock.advance(30);
    transport.last.accept();
    clock.advance(12);
    waiter.only.release();
    expect(events.values).toEqual([
      { type: 'queued', waiting: 1, at: START },
      { type: 'connecting', ...on, at: START },
      { type: 'opened', latency: 30, ...on, at: START + 30 },
      { type: 'borrowed', waited: 30, ...on, at: START + 30 },
      { type: 'released', held: 12, ...on, at: START + 42 },
    ]);
  });

  it('tells a loan of an idle connection', () => {
    const { pool, clock } = instantLab();
    stockIdle(pool, 1);
    clock.advance(7);
    const events = record(pool.events$);
    borrowNow(pool);
    expect(events.values).toEqual([{ type: 'borrowed', waited: 0, ...on, at: START + 7 }]);
  });

  it('tells a failed attempt with its error', () => {
    const { pool, transport } = handLab({ retry: { delay: 100 } });
    record(pool.borrow());
    const events = record(pool.events$);
    const error = new Error('refused');
    transport.last.refuse(error);
    expect(events.values).toEqual([{ type: 'failed', error, ...on, at: START }]);
  });

  it('tells a loss with its error', () => {
    const { pool, transport } = instantLab({ retry: { delay: 100 } });
    stockIdle(pool, 2);
    const events = record(pool.events$);
    const error = new Error('reset');
    transport.opens[1]!.lose(error);
    expect(events.values).toEqual([{ type: 'lost', error, ...on, slot: 1, at: START }]);
  });

  it('tells a destroy with its error, if it has one, and the close that follows', () => {
    const { pool, transport, clock } = instantLab();
    transport.holdCloses = true;
    const [first, second] = [borrowNow(pool), borrowNow(pool)];
    const events = record(pool.events$);
    clock.advance(5);
    const error = new Error('protocol');
    first.destroy(error);
    second.destroy();
    clock.advance(5);
    transport.closes[0]!.finish();
    expect(events.values).toEqual([
      { type: 'destroyed', held: 5, error, ...on, at: START + 5 },
      { type: 'destroyed', held: 5, ...on, slot: 1, at: START + 5 },
      { type: 'closed', reason: 'destroyed', ...on, at: START + 10 },
    ]);
  });

  it('tells a detach', () => {
    const { pool, clock } = instantLab();
    const lease = borrowNow(pool);
    const events = record(pool.events$);
    clock.advance(3);
    lease.detach();
    expect(events.values).toEqual([{ type: 'detached', held: 3, ...on, at: START + 3 }]);
  });

  it('tells who came, timed out, left and was turned away', () => {
    const { pool, clock } = handLab({ max: 1, maxWaiting: 2 });
    const events = record(pool.events$);
    const left = record(pool.borrow());
    record(pool.borrow({ timeout: 20 }));
    record(pool.borrow());
    clock.advance(5);
    left.subscription.unsubscribe();
    clock.advance(15);
    expect(events.values.filter(({ type }) => type !== 'connecting')).toEqual([
      { type: 'queued', waiting: 1, at: START },
      { type: 'queued', waiting: 2, at: START },
      { type: 'rejected', waiting: 2, at: START },
      { type: 'cancelled', waited: 5, at: START + 5 },
      { type: 'timedOut', waited: 20, at: START + 20 },
    ]);
  });

  it.each([
    ['idle', 'idle'],
    ['unhealthy', 'unusable'],
    ['shutdown', 'at the close'],
  ] as const)('tells why a connection was closed: %s', async (reason, cause) => {
    const { pool, transport, clock } = instantLab({ idleTimeout: cause === 'idle' ? 100 : Infinity });
    stockIdle(pool, 1);
    const events = record(pool.events$);
    if (cause === 'unusable') transport.usable = () => false;
    if (cause === 'at the close') await pool.close();
    else clock.advance(30_000);
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'closed', reason, ...on }));
  });

  it('tells the close and completes behind `drained`', async () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    const events = record(pool.events$);
    await pool.close();
    expect(types(events.values)).toEqual(['closing', 'closed', 'drained']);
    expect(events.completed).toBe(true);
    expect(record(pool.events$)).toMatchObject({ values: [], completed: true });
  });

  it('names the slot by an index that does not shift', () => {
    const { pool, clock } = instantLab();
    const leases = [borrowNow(pool), borrowNow(pool), borrowNow(pool)];
    leases[1]!.destroy();
    clock.advance(1);
    const events = record(pool.events$);
    leases[2]!.release();
    leases[0]!.release();
    expect(events.values).toMatchObject([{ slot: 2 }, { slot: 0 }]);
    stockIdle(pool, 3);
    expect(new Set(events.values.flatMap((event) => ('slot' in event ? [event.slot] : [])))).toEqual(
      new Set([0, 1, 2]),
    );
  });

  it('reaches every listener in order, also where one of them causes the next event', () => {
    const { pool } = instantLab();
    const first: string[] = [];
    const second: string[] = [];
    let isNested = false;
    pool.events$.subscribe(({ type }) => {
      first.push(type);
      if (type !== 'borrowed' || isNested) return;
      isNested = true;
      record(pool.borrow());
    });
    pool.events$.subscribe(({ type }) => second.push(type));
    stockIdle(pool, 1);
    expect(second).toEqual(first);
    expect(first.filter((type) => type === 'borrowed')).toHaveLength(2);
  });

  it('goes on for the others where a listener throws', async () => {
    const { pool } = instantLab();
    const seen: string[] = [];
    const errors = await unhandledDuring(1, () => {
      pool.events$.subscribe(({ type }) => {
        if (type === 'opened') throw new Error('listener');
      });
      pool.events$.subscribe(({ type }) => seen.push(type));
      borrowNow(pool).release();
    });
    expect(errors).toEqual([new Error('listener')]);
    expect(seen).toEqual(['queued', 'connecting', 'opened', 'borrowed', 'released']);
  });

  it('reaches nobody who has unsubscribed, also while an event is on its way', () => {
    const { pool } = instantLab();
    const second = record(pool.events$);
    second.subscription.unsubscribe();
    const late: string[] = [];
    pool.events$.subscribe(() => third.unsubscribe());
    const third = pool.events$.subscribe(({ type }) => late.push(type));
    borrowNow(pool);
    expect(second.values).toEqual([]);
    expect(late).toEqual([]);
  });
});

describe('the queue of events', () => {
  it('makes no event and reads no clock while nobody listens', () => {
    const clock = new VirtualClock();
    const now = vi.spyOn(clock, 'now');
    const queue = new EventQueue(clock);
    const endpoint = new PooledEndpoint<unknown>(0, 'fake:1', 'lifo', new VirtualClock());
    const slot = new SlotTable('lifo', new VirtualClock()).vacant(endpoint);
    queue.tell('opened', slot, undefined);
    queue.announce('queued', 1);
    expect(now).not.toHaveBeenCalled();
    expect(queue.flush()).toBe(false);
  });

  it('lets events out in order also where a listener flushes', () => {
    const queue = new EventQueue(new VirtualClock());
    const seen: string[] = [];
    queue.listen(({ type }) => {
      if (type !== 'closing') return;
      queue.announce('drained', 0);
      queue.flush();
    });
    queue.listen(({ type }) => seen.push(type));
    queue.announce('closing', 0);
    queue.flush();
    expect(seen).toEqual(['closing', 'drained']);
  });

  it('keeps nothing for those who come later', () => {
    const queue = new EventQueue(new VirtualClock());
    queue.announce('queued', 1);
    const listener = vi.fn();
    queue.listen(listener);
    expect(queue.flush()).toBe(false);
    expect(listener).not.toHaveBeenCalled();
  });
});
