import { expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { handLab } from './pool-lab.js';

it('a pool of two endpoints keeps as many connections as both of them may have together', () => {
  const two = [fakeTransport('a'), fakeTransport('b')];
  expect(() => createPool(two, { min: 4, maxPerEndpoint: 2 })).not.toThrow();
  expect(() => createPool(two, { min: 5, maxPerEndpoint: 2 })).toThrow(
    new RangeError('createPool: min must be an integer from 0 to 4, got 5'),
  );
});

it('a pool whose endpoint is down does not keep the process alive where nobody borrows', () => {
  const { clock, transport } = handLab({ min: 1, retry: { delay: 100 } });
  clock.turn();
  transport.last.refuse();
  expect(clock).toMatchObject({ pending: 1, keepsAlive: false });
  clock.advance(100);
  expect(transport.opens).toHaveLength(2);
});
