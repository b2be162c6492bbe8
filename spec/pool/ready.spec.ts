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

  it('rejects after its timeout, saying how many there are and why', async () => {
    const refusal = new Error('connect ECONNREFUSED');
    const { pool, transport, clock } = handLab({ min: 2, retry: { delay: 60_000 } });
    const ready = pool.ready(2, { timeout: 500 });
    transport.opens[0]!.accept();
    transport.opens[1]!.refuse(refusal);
    clock.advance(499);
    expect(await isSettled(ready)).toBe(false);
    clock.advance(1);
    await expect(ready).rejects.toMatchObject({
      name: 'AcquireTimeoutError',
      info: { waited: 500, timeout: 500 },
      message: expect.stringContaining('1 of 2 connections within 500 ms') as string,
    });
  });

  it('wants nothing any more after its timeout', async () => {
    const { pool, transport, clock } = handLab();
    const ready = pool.ready(2, { timeout: 500 });
    clock.advance(500);
    await expect(ready).rejects.toThrow('0 of 2 connections');
    transport.opens[0]!.accept();
    transport.opens[1]!.accept();
    transport.opens[0]!.lose();
    clock.advance(20_000);
    expect(transport.opens).toHaveLength(2);
  });

  it('rejects with the reason of its signal, also of one that has aborted before', async () => {
    const { pool } = handLab();
    const aborter = new AbortController();
    const ready = pool.ready(1, { signal: aborter.signal });
    aborter.abort('no longer wanted');
    await expect(ready).rejects.toBe('no longer wanted');
    await expect(pool.ready(1, { signal: aborter.signal })).rejects.toBe('no longer wanted');
  });

  it('keeps no timer and no listener once it is settled', async () => {
    const { pool, transport, clock } = handLab();
    const aborter = new AbortController();
    const ready = pool.ready(1, { timeout: 500, signal: aborter.signal });
    transport.last.accept();
    await ready;
    aborter.abort('too late');
    clock.advance(1_000);
    expect(pool.stats.idle).toBe(1);
  });

  it('keeps the process alive while it waits, for as long as that takes', async () => {
    const clock = new VirtualClock();
    const transport = fakeTransport('fake:1');
    const pool = createPool(transport, { clock });
    const ready = pool.ready(1);
    expect(clock.keepsAlive).toBe(true);
    transport.last.accept();
    await ready;
    expect(clock.keepsAlive).toBe(false);
  });

  it('rejects for a wrong option, naming it', async () => {
    const { pool } = handLab();
    await expect(pool.ready(1, { timeout: -1 })).rejects.toThrow('ready: timeout must be a number from 0 to Infinity');
    await expect(pool.ready(1, { timeot: 1 } as never)).rejects.toThrow('ready: unknown option timeot');
  });
});
