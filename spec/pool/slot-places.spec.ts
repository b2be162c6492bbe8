import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { SlotTable } from '../../src/pool/slot-table.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { handLab, record } from './pool-lab.js';

describe('the places of a pool', () => {
  it('are used again by their own endpoint first, then by any, before there is a new one', () => {
    const table = new SlotTable<unknown>('lifo', new VirtualClock());
    const [a, b] = [table.add('a'), table.add('b')];
    const [first, second] = [a, b].map((endpoint) => {
      const slot = table.vacant(endpoint);
      table.move(slot, table.connecting);
      return slot;
    });
    for (const slot of [first!, second!]) table.move(slot, table.empty);
    expect(table.vacant(b)).toBe(second);
    table.move(second!, table.connecting);
    expect(table.vacant(b)).toBe(first);
    expect(first!.endpoint).toBe(b);
    table.move(first!, table.connecting);
    expect(table.vacant(a).index).toBe(2);
  });

  it('are named by what becomes of their connections', () => {
    const { pool, transport } = handLab();
    transport.holdCloses = true;
    transport.restore = () => new Promise<boolean>(() => undefined);
    const waiters = Array.from({ length: 4 }, () => record(pool.borrow()));
    for (const attempt of transport.opens.slice(0, 3)) attempt.accept();
    waiters[0]!.only.release();
    waiters[1]!.only.destroy();
    expect(pool.slots.map(({ state }) => state)).toEqual(['checking', 'closing', 'lent', 'connecting']);
  });

  it('show nothing of the connection that they held last', () => {
    const { pool, transport, clock } = handLab();
    const waiter = record(pool.borrow());
    clock.advance(20);
    transport.last.accept();
    clock.advance(10);
    waiter.only.destroy();
    clock.advance(10);
    const empty = { index: 0, endpoint: 'fake:1', state: 'empty', age: 0, latency: 0, uses: 0, inUse: 0 };
    expect(pool.slots).toMatchObject([empty]);
    record(pool.borrow());
    expect(pool.slots).toMatchObject([{ ...empty, state: 'connecting' }]);
  });
});

describe('the status of a pool', () => {
  it('is told anew where only the error or the time of the next attempt has changed', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    const pool = createPool(transport, { clock, retry: { delay: 100, urgentMax: 100 } });
    const status = record(pool.status$);
    record(pool.borrow());
    const errors = [new Error('first'), new Error('second')];
    for (const error of errors) {
      transport.last.refuse(error);
      clock.advance(100);
    }
    const since = 1_000_000;
    expect(status.values.slice(2)).toEqual([
      { state: 'down', since, error: errors[0], nextAttemptAt: since + 100 },
      { state: 'down', since, error: errors[0] },
      { state: 'down', since, error: errors[1], nextAttemptAt: since + 200 },
      { state: 'down', since, error: errors[1] },
    ]);
  });
});
