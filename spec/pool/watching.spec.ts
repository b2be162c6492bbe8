import { expect, it } from 'vitest';
import { handLab, instantLab, record } from './pool-lab.js';
import { createPool } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';

it('tells a subscriber of the status also of the change that it causes itself on the first value', () => {
  const { pool } = handLab();
  const states: string[] = [];
  pool.status$.subscribe(({ state }) => {
    states.push(state);
    if (states.length === 1) pool.borrow().subscribe({ error: () => undefined });
  });
  expect(states).toEqual(['idle', 'connecting']);
});

it('counts timeouts in the error rate also while no loan ends', () => {
  const { pool, clock } = handLab({ acquireTimeout: 100 });
  for (let i = 0; i < 5; i++) record(pool.borrow());
  clock.advance(1_000);
  expect(pool.stats.timedOut).toBe(5);
  expect(pool.stats.errorRate).toBe(1);
});

it('refuses a min that its endpoints can never reach', () => {
  expect(() => createPool(fakeTransport(), { min: 3, max: 10, maxPerEndpoint: 2 })).toThrow(RangeError);
});

it('refuses to get more ready than its endpoints allow', async () => {
  const { pool } = instantLab({ max: 10, maxPerEndpoint: 2 });
  const outcome = await Promise.race([
    pool.ready(3).then(
      () => 'ready',
      () => 'refused',
    ),
    new Promise((resolve) => setImmediate(() => resolve('pending'))),
  ]);
  expect(outcome).toBe('refused');
});
