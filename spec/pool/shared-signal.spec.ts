import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { handLab, record } from './pool-lab.js';

describe('a signal that several borrows share', () => {
  it('still ends the wait of the others when one of them has left', () => {
    const { pool } = handLab();
    const controller = new AbortController();
    const [left, ...others] = Array.from({ length: 3 }, () => record(pool.borrow({ signal: controller.signal })));
    left!.subscription.unsubscribe();
    controller.abort('enough');
    expect(others.map(({ error }) => error)).toEqual(['enough', 'enough']);
    expect(left!.failed).toBe(false);
    expect(pool.stats.waiting).toBe(0);
  });

  it('has no listener left when the last of them has what it wants', () => {
    const { pool, transport } = handLab();
    const { signal } = new AbortController();
    Array.from({ length: 3 }, () => record(pool.borrow({ signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const attempt of transport.opens) attempt.accept();
    expect(pool.stats.lent).toBe(3);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('has no listener left when it has aborted', () => {
    const { pool } = handLab();
    const controller = new AbortController();
    Array.from({ length: 3 }, () => record(pool.borrow({ signal: controller.signal })));
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
