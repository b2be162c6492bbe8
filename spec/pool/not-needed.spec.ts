import { expect, it } from 'vitest';
import { createPool, endpoint } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { record } from './pool-lab.js';

it('a pool does not probe an endpoint that others have found down and that it has never needed', () => {
  const clock = new VirtualClock();
  const [bad, good] = [fakeTransport('bad'), fakeTransport('good')];
  good.onOpen = (attempt) => attempt.accept();
  const shared = endpoint(bad, { clock, retry: { delay: 100 } });
  const other = record(shared);
  bad.last.refuse();
  other.subscription.unsubscribe();
  const pool = createPool([shared, endpoint(good, { clock })], { clock });
  record(pool.borrow()).only.release();
  clock.advance(10_000);
  expect([bad.opens.length, good.opens.length]).toEqual([1, 1]);
});

it('a pool that could not get ready opens no more than is borrowed, once its endpoint is back', async () => {
  const clock = new VirtualClock();
  const transport = fakeTransport();
  const one = endpoint(transport, { clock, maxConnecting: 1, retry: { count: 0 } });
  const pool = createPool(one, { clock });
  const ready = pool.ready(3);
  transport.last.refuse();
  await expect(ready).rejects.toMatchObject({ code: 'RXPOOL_RETRIES_EXHAUSTED' });
  transport.onOpen = (attempt) => attempt.accept();
  one.retryNow();
  clock.advance(10_000);
  const { subscribed } = transport;
  record(pool.borrow());
  clock.advance(10_000);
  expect(transport.subscribed - subscribed).toBeLessThanOrEqual(1);
  expect(pool.stats.owned).toBe(1);
});
