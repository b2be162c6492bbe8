import { describe, expect, it } from 'vitest';
import { createPool, endpoint, UnavailableError, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { Sites } from './constraint-lab.js';
import { borrowNow, FULL_DELAY, handLab, record, type FakeLease, type Lab, type Recording } from './pool-lab.js';

const FAIL_FAST: PoolConfig<FakeSocket> = { failFast: true, random: FULL_DELAY, retry: { delay: 1_000 } };

const refusal = new Error('connect ECONNREFUSED');

/** A pool whose first attempt has failed. */
function downLab(config: PoolConfig<FakeSocket> = {}): Lab & { readonly first: Recording<FakeLease> } {
  const lab = handLab({ ...FAIL_FAST, ...config });
  const first = record(lab.pool.borrow());
  lab.transport.last.refuse(refusal);
  return { ...lab, first };
}

describe('failFast', () => {
  it('lets a borrower wait for the first attempt, which may succeed', () => {
    const { pool, transport } = handLab(FAIL_FAST);
    const waits = record(pool.borrow());
    expect(waits.isOver).toBe(false);
    transport.last.accept();
    expect(waits.values).toHaveLength(1);
  });

  it('fails all who wait as soon as the endpoint is down, with the cause', () => {
    const { pool, transport } = handLab(FAIL_FAST);
    const waiters = [record(pool.borrow()), record(pool.available$), record(pool.use(() => []))];
    transport.opens[0]!.refuse(refusal);
    for (const { error } of waiters) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(error).toMatchObject({
        code: 'RXPOOL_UNAVAILABLE',
        retryable: true,
        cause: refusal,
        info: { pool: pool.name, waited: 0, endpoints: [{ address: 'fake:1', status: { state: 'down' } }] },
      });
      expect(String(error)).toContain('connect ECONNREFUSED');
    }
  });

  it('fails those who come while it is down at once, without an attempt for each', async () => {
    const { pool, transport, first } = downLab();
    expect(first.error).toBeInstanceOf(UnavailableError);
    const before = transport.opens.length;
    for (let i = 0; i < 10; i++) {
      expect(record(pool.borrow()).error).toMatchObject({ cause: refusal, info: { waiting: 0 } });
    }
    await expect(pool.acquire()).rejects.toBeInstanceOf(UnavailableError);
    expect(transport.opens.length - before).toBeLessThanOrEqual(1);
    expect(pool.stats.waiting).toBe(0);
  });

  it('names in each error the borrower that it is for', () => {
    const { pool, transport } = handLab({ ...FAIL_FAST, name: 'shop' });
    const labels = ['import', undefined, 'export', 'import'];
    const waiters = labels.map((label) => record(pool.borrow({ label })));
    transport.opens[0]!.refuse(refusal);
    const errors = waiters.map(({ error }) => error as UnavailableError);
    expect(errors.map(({ info }) => info.label)).toEqual(labels);
    expect(errors.map(({ message }) => /up(.*) \(0 lent/.exec(message)?.[1])).toEqual([
      ' for import',
      '',
      ' for export',
      ' for import',
    ]);
    // A picture costs its time: there is one for all whom it says the same.
    expect(errors[3]).toBe(errors[0]);
  });

  it('serves again after the return, which is noticed without anybody waiting', () => {
    const { pool, transport, clock } = downLab();
    clock.advance(60_000);
    expect(transport.active).toBe(1);
    expect(record(pool.borrow()).error).toBeInstanceOf(UnavailableError);
    transport.last.accept();
    expect(borrowNow(pool).endpoint.address).toBe('fake:1');
  });

  it('lets borrowers wait for a connection while one is lent, as the endpoint is up', () => {
    const { pool, transport, clock } = downLab({ max: 1 });
    clock.advance(60_000);
    transport.last.accept();
    const lease = borrowNow(pool);
    const waits = record(pool.borrow());
    expect(waits.isOver).toBe(false);
    lease.release();
    expect(waits.values).toHaveLength(1);
  });

  it('tells the latest cause', () => {
    const { pool, transport, clock } = downLab();
    clock.advance(60_000);
    const later = new Error('connect ETIMEDOUT');
    transport.last.refuse(later);
    expect(record(pool.borrow()).error).toMatchObject({ cause: later });
  });

  it('fails nobody because the server has closed what was idle, as servers do', () => {
    const { pool, transport, clock } = handLab(FAIL_FAST);
    const lease = record(pool.borrow());
    transport.last.accept();
    clock.advance(60_000);
    lease.only.release();
    transport.last.lose(new Error('closed by the peer'));
    const soon = record(pool.borrow());
    expect(soon.isOver).toBe(false);
    clock.advance(1_000);
    transport.last.accept();
    expect(soon.values).toHaveLength(1);
    soon.only.release();
    transport.last.lose(new Error('closed by the peer'));
    expect(record(pool.borrow()).error).toBeInstanceOf(UnavailableError);
  });

  it('fails those who wait where one endpoint has given up after a loss, and the other is down', () => {
    const clock = new VirtualClock();
    const [a, b] = [fakeTransport('a'), fakeTransport('b')];
    const lost = endpoint(a, { clock, retry: { count: 0 } });
    const pool = createPool([lost, endpoint(b, { clock, retry: { delay: 60_000 } })], { clock, failFast: true });
    const lease = record(pool.borrow({ endpoint: lost }));
    a.last.accept();
    clock.advance(60_000);
    lease.only.release();
    a.last.lose(new Error('closed by the peer'));
    const waits = record(pool.borrow());
    b.last.refuse(refusal);
    expect(waits.error).toBeInstanceOf(UnavailableError);
  });

  it('fails nobody while another endpoint is up', () => {
    const sites = new Sites(['a', 'b'], FAIL_FAST);
    sites.down.add('a');
    expect(sites.now().endpoint.address).toBe('b');
    expect(sites.now().endpoint.address).toBe('b');
  });

  it('waits for the other endpoints to be tried before it fails', () => {
    const sites = new Sites(['a', 'b'], FAIL_FAST);
    const [a, b] = sites.transports;
    a!.onOpen = undefined;
    b!.onOpen = undefined;
    const waits = sites.ask();
    a!.last.refuse(refusal);
    expect(waits.isOver).toBe(false);
    expect(b!.opens).toHaveLength(1);
    const last = new Error('so is the other one');
    b!.last.refuse(last);
    expect(waits.error).toMatchObject({ name: 'UnavailableError', cause: last });
  });

  it('fails whoever insists on an endpoint that is down, and nobody else', () => {
    const sites = new Sites(['a', 'b'], FAIL_FAST);
    sites.down.add('a');
    const any = sites.ask();
    const wantsA = sites.ask('a');
    expect(any.values).toHaveLength(1);
    expect(wantsA.error).toMatchObject({ name: 'UnavailableError', cause: { message: 'a is down' } });
    expect(sites.now('b').endpoint.address).toBe('b');
  });

  it('fails whoever insists on an endpoint that is down with that cause, also if another has gone down later', () => {
    const sites = new Sites(['a', 'b'], FAIL_FAST);
    sites.down.add('a');
    sites.ask('a');
    sites.clock.advance(10);
    sites.down.add('b');
    sites.ask('b');
    expect(sites.ask('a').error).toMatchObject({ cause: { message: 'a is down' } });
  });

  it('fails whoever insists on an endpoint that is down also while the pool is full of others', () => {
    const sites = new Sites(['a', 'b'], { ...FAIL_FAST, max: 1 });
    sites.down.add('a');
    expect(sites.ask('a').error).toBeInstanceOf(UnavailableError);
    expect(sites.now('b').endpoint.address).toBe('b');
    expect(sites.ask('a').error).toBeInstanceOf(UnavailableError);
  });

  it('fails those who wait when the last connection is lost and cannot be replaced', () => {
    const { pool, transport } = handLab({ ...FAIL_FAST, max: 1 });
    const lease = record(pool.borrow());
    transport.last.accept();
    const waits = record(pool.borrow());
    transport.last.lose(new Error('reset'));
    expect(lease.only.isOver).toBe(true);
    expect(waits.error).toBeInstanceOf(UnavailableError);
  });

  it('hears of what another pool has found out about a shared endpoint, and of its return', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport('shared');
    const shared = endpoint(transport, { clock, retry: { delay: 1_000 } });
    const one = createPool(shared, { clock, ...FAIL_FAST });
    const other = createPool(shared, { clock, ...FAIL_FAST });
    record(one.borrow());
    transport.last.refuse(refusal);
    expect(record(other.borrow()).error).toMatchObject({ cause: refusal });
    transport.onOpen = (attempt) => attempt.accept();
    clock.advance(60_000);
    expect(borrowNow(other).endpoint.address).toBe('shared');
  });

  it('is off by default: who borrows waits for the return', () => {
    const { first, transport, clock } = downLab({ failFast: false });
    expect(first.isOver).toBe(false);
    clock.advance(1_000);
    transport.last.accept();
    expect(first.values).toHaveLength(1);
  });
});
