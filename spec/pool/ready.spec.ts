import { describe, expect, it } from 'vitest';
import { createPool, PoolClosedError, RetriesExhaustedError } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { afterPromises, borrowNow, handLab, instantLab } from './pool-lab.js';

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await afterPromises();
  return settled;
}

describe('ready()', () => {
  it('opens n connections and resolves when they are up', async () => {
    const { pool, transport } = handLab();
    const ready = pool.ready(2);
    expect(transport.opens).toHaveLength(2);
    transport.opens[0]!.accept();
    expect(await isSettled(ready)).toBe(false);
    transport.opens[1]!.accept();
    await expect(ready).resolves.toBeUndefined();
    expect(pool.stats.idle).toBe(2);
  });

  it('waits for min by default', async () => {
    const { pool, transport } = handLab({ min: 3 });
    const ready = pool.ready();
    transport.opens[0]!.accept();
    transport.opens[1]!.accept();
    expect(await isSettled(ready)).toBe(false);
    transport.opens[2]!.accept();
    await ready;
  });

  it('resolves at once where enough are open, lent ones included, and with min 0', async () => {
    const { pool, transport } = instantLab();
    await pool.ready();
    expect(transport.opens).toHaveLength(0);
    borrowNow(pool);
    await pool.ready(1);
    expect(transport.opens).toHaveLength(1);
  });

  it('goes on through failed attempts', async () => {
    const { pool, transport, clock } = handLab({ retry: { delay: 10 } });
    const ready = pool.ready(1);
    transport.last.refuse();
    clock.advance(10);
    expect(await isSettled(ready)).toBe(false);
    transport.last.accept();
    await ready;
  });

  it('keeps nothing open for those it is over for', async () => {
    const { pool, clock } = instantLab({ idleTimeout: 100 });
    await pool.ready(4);
    expect(pool.stats.idle).toBe(4);
    clock.advance(1_000);
    expect(pool.stats.owned).toBe(0);
  });

  it('serves several who ask for different numbers', async () => {
    const { pool, transport } = handLab();
    const [one, two] = [pool.ready(1), pool.ready(2)];
    transport.opens[0]!.accept();
    await one;
    expect(await isSettled(two)).toBe(false);
    transport.opens[1]!.accept();
    await two;
  });

  it('rejects when the pool closes, and after the close', async () => {
    const { pool } = handLab();
    const ready = pool.ready(1);
    const closed = pool.close();
    await expect(ready).rejects.toBeInstanceOf(PoolClosedError);
    await closed;
    await expect(pool.ready(1)).rejects.toBeInstanceOf(PoolClosedError);
  });

  it('rejects when all endpoints have given up, and afterwards', async () => {
    const { pool, transport } = handLab({ retry: { count: 0 } });
    const ready = pool.ready(1);
    transport.last.refuse();
    expect(await isSettled(ready)).toBe(true);
    await expect(ready).rejects.toBeInstanceOf(RetriesExhaustedError);
    await expect(pool.ready(1)).rejects.toBeInstanceOf(RetriesExhaustedError);
  });

  it('does not reject while one endpoint has not given up', async () => {
    const clock = new VirtualClock();
    const [dead, slow] = [fakeTransport('dead'), fakeTransport('slow')];
    dead.onOpen = (attempt) => attempt.refuse();
    const pool = createPool([dead, slow], { clock, retry: { count: 0 } });
    const ready = pool.ready(1);
    expect(await isSettled(ready)).toBe(false);
    slow.last.accept();
    await ready;
  });

  it.each([
    [11, RangeError, 'ready: n must be an integer from 0 to 10, got 11'],
    [-1, RangeError, 'ready: n must be an integer from 0 to 10, got -1'],
    [1.5, RangeError, 'ready: n must be an integer from 0 to 10, got 1.5'],
    ['2', TypeError, 'ready: n must be an integer from 0 to 10, got "2"'],
  ])('rejects for %j', async (n, type, message) => {
    const { pool } = instantLab();
    const ready = pool.ready(n as number);
    await expect(ready).rejects.toBeInstanceOf(type);
    await expect(ready).rejects.toThrow(message);
  });
});
