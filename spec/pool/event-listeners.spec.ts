import { describe, expect, it, vi } from 'vitest';
import { EventQueue } from '../../src/pool/event-queue.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { borrowNow, instantLab, record } from './pool-lab.js';

describe('a listener that has stopped listening', () => {
  it('hears nothing more, while the others do', () => {
    const queue = new EventQueue(new VirtualClock());
    const [left, stays] = [vi.fn(), vi.fn()];
    const leave = queue.listen(left);
    queue.listen(stays);
    leave();
    expect(queue.observed).toBe(true);
    queue.announce('closing');
    queue.flush();
    expect(left).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledOnce();
  });

  it('was the last one: no event is made any more', () => {
    const clock = new VirtualClock();
    const queue = new EventQueue(clock);
    queue.listen(() => {})();
    const now = vi.spyOn(clock, 'now');
    queue.announce('closing');
    expect(queue.observed).toBe(false);
    expect(queue.flush()).toBe(false);
    expect(now).not.toHaveBeenCalled();
  });
});

it('the events of the whole pool carry their time and nothing else', async () => {
  const { pool } = instantLab();
  const events = record(pool.events$);
  await pool.close();
  expect(events.values).toStrictEqual([
    { type: 'closing', at: 1_000_000 },
    { type: 'drained', at: 1_000_000 },
  ]);
});

it('the events of a connection carry an error only where there is one', () => {
  const { pool } = instantLab({ max: 1 });
  const events = record(pool.events$);
  borrowNow(pool).destroy();
  const about = { endpoint: 'fake:1', slot: 0, at: 1_000_000 };
  expect(events.values).toStrictEqual([
    { type: 'queued', waiting: 1, at: 1_000_000 },
    { type: 'connecting', ...about },
    { type: 'opened', latency: 0, ...about },
    { type: 'borrowed', waited: 0, ...about },
    { type: 'destroyed', held: 0, ...about },
    { type: 'closed', reason: 'destroyed', ...about },
  ]);
});

it('a destroy is told at once, also while its socket is still closing', () => {
  const { pool, transport } = instantLab();
  transport.holdCloses = true;
  const lease = borrowNow(pool);
  const events = record(pool.events$);
  lease.destroy();
  expect(events.values.map(({ type }) => type)).toEqual(['destroyed']);
});
