import { expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { record } from './pool-lab.js';

it('what minPerEndpoint asks for is kept free for an endpoint that is down, whoever waits, and is its own on its return', () => {
  const clock = new VirtualClock();
  const [up, down] = [fakeTransport('up'), fakeTransport('down')];
  up.onOpen = (attempt) => attempt.accept();
  down.onOpen = (attempt) => attempt.refuse();
  const pool = createPool([up, down], { clock, max: 3, minPerEndpoint: 1, retry: { delay: 100 } });
  clock.turn();
  const waiters = Array.from({ length: 3 }, () => record(pool.borrow()));
  expect(up.opens).toHaveLength(2);
  expect(waiters.map(({ values }) => values.length)).toEqual([1, 1, 0]);

  down.onOpen = (attempt) => attempt.accept();
  clock.advance(100);
  expect(waiters[2]!.only.endpoint.address).toBe('down');
});
