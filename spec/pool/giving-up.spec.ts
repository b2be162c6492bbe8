import { describe, expect, it } from 'vitest';
import { createPool, endpoint, RetriesExhaustedError } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { afterPromises, record } from './pool-lab.js';

/** A pool that stands in line at an endpoint whose one attempt is somebody else's. */
function inLine() {
  const clock = new VirtualClock();
  const transport = fakeTransport('shared:1');
  const shared = endpoint(transport, { clock, maxConnecting: 1, retry: { count: 0 } });
  const subscriber = record(shared);
  return { clock, transport, shared, subscriber };
}

describe('a pool that waits for its turn at an endpoint which then gives up', () => {
  it('fails its borrowers at once, with the reason', () => {
    const { clock, transport, shared, subscriber } = inLine();
    const pool = createPool(shared, { clock });
    const waiters = [record(pool.borrow()), record(pool.borrow())];
    const refusal = new Error('refused');
    transport.last.refuse(refusal);
    expect(subscriber.error).toBeInstanceOf(RetriesExhaustedError);
    for (const { error } of waiters) expect(error).toMatchObject({ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: refusal });
    expect(pool.stats).toMatchObject({ waiting: 0, owned: 0 });
  });

  it('fails those who wait for it to be ready', async () => {
    const { clock, transport, shared } = inLine();
    const pool = createPool(shared, { clock });
    const errors: unknown[] = [];
    pool.ready(1).catch((error: unknown) => errors.push(error));
    transport.last.refuse();
    await afterPromises();
    expect(errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED' }]);
  });

  it('goes on with another endpoint that has not given up', async () => {
    const { clock, transport, shared } = inLine();
    const other = fakeTransport('other:1');
    const pool = createPool([shared, other], { clock });
    const waiter = record(pool.borrow());
    const errors: unknown[] = [];
    pool.ready(1).catch((error: unknown) => errors.push(error));
    transport.last.refuse();
    await afterPromises();
    expect(errors).toEqual([]);
    expect(waiter.isOver).toBe(false);
    other.opens[0]!.accept();
    expect(waiter.only.endpoint.address).toBe('other:1');
  });

  it('frees the process where nobody waits any more', () => {
    const { clock, transport, shared } = inLine();
    const pool = createPool(shared, { clock });
    record(pool.borrow());
    expect(clock.keepsAlive).toBe(true);
    transport.last.refuse();
    expect(clock.keepsAlive).toBe(false);
  });
});
