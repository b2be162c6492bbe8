import { NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, endpoint, type EndpointConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { record, reportOf } from './pool-lab.js';

/** A pool with one attempt under way, at an endpoint that has one turn to give. */
function attempting(prepare?: EndpointConfig<FakeSocket>['prepare']) {
  const clock = new VirtualClock();
  const transport = fakeTransport();
  transport.holdCloses = true;
  const one = endpoint(transport, { clock, maxConnecting: 1, retry: { delay: 100 }, ...(prepare && { prepare }) });
  const pool = createPool(one, { clock });
  record(pool.borrow());
  return { clock, transport, one, pool, events: record(pool.events$) };
}

describe('an attempt that a closing pool gives up', () => {
  it('is aborted before its turn passes on', () => {
    const { pool, one, transport } = attempting();
    record(one);
    void pool.close();
    expect(transport.opens).toHaveLength(2);
    expect(transport.mostActive).toBe(1);
  });

  it('while its socket is being prepared says nothing about the endpoint, and keeps its turn until it has closed', async () => {
    const { pool, one, transport, events } = attempting(() => NEVER);
    transport.last.accept();
    record(one);
    const report = pool.close();
    expect(transport.closes).toMatchObject([{ force: true }]);
    expect(await reportOf(report)).toBe('pending');
    expect(transport.opens).toHaveLength(1);
    transport.closes[0]!.finish();
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 0 });
    expect(transport.opens).toHaveLength(2);
    expect(one.status).toEqual({ state: 'connecting', since: 1_000_000 });
    expect(events.values.map(({ type }) => type)).toEqual(['closing', 'drained']);
    expect(pool.stats).toMatchObject({ failed: 0, owned: 0 });
  });

  it('while its refused socket is closing counts as a failure of the endpoint, but not of the pool', async () => {
    const refused = new Error('refused');
    const { pool, one, transport, events } = attempting(() => throwError(() => refused));
    transport.last.accept();
    const report = pool.close();
    expect(await reportOf(report)).toBe('pending');
    expect(transport.closes).toHaveLength(1);
    transport.closes[0]!.finish();
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 0 });
    expect(one.status).toMatchObject({ state: 'down', error: refused });
    expect(events.values.map(({ type }) => type)).toEqual(['closing', 'drained']);
    expect(pool.stats).toMatchObject({ failed: 0, owned: 0 });
  });
});
