import { firstValueFrom, forkJoin, lastValueFrom, merge, range, toArray } from 'rxjs';
import { createPool } from 'rxpool';
import { requestClient, RequestUnaskedError } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { memcachedProtocol, MemcachedError } from './memcached-protocol.js';
import { Memcached } from './memcached.js';
import { isInstalled, startServer, type RealServer } from './start-server.js';

const text = new TextDecoder();

describe.runIf(isInstalled('memcached'))('memcached', () => {
  let server: RealServer;

  beforeAll(async () => {
    // As root it wants to be told whom to be.
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    server = await startServer('memcached', (port) => ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0', ...user]);
  });
  afterAll(() => server.stop());

  function twoConnections() {
    const pool = createPool(tcp({ host: '127.0.0.1', port: server.port }), { max: 2, concurrency: 50 });
    onTestFinished(async () => {
      await pool.close();
    });
    return pool;
  }

  it('keeps what it is given', async () => {
    const cache = new Memcached(twoConnections());
    expect(await firstValueFrom(cache.set('greeting', 'hello'))).toBe(true);
    expect(text.decode(await firstValueFrom(cache.get('greeting')))).toBe('hello');
    expect(await firstValueFrom(cache.delete('greeting'))).toBe(true);
    expect(await firstValueFrom(cache.get('greeting'))).toBeUndefined();
  });

  it('counts', async () => {
    const cache = new Memcached(twoConnections());
    expect(await firstValueFrom(cache.increment('hits'))).toBeUndefined();
    await firstValueFrom(cache.set('hits', '41'));
    expect(await firstValueFrom(cache.increment('hits'))).toBe(42);
  });

  it('keeps values that look like answers, and large ones, and none', async () => {
    const cache = new Memcached(twoConnections());
    const values = ['END\r\nVALUE a 0 3\r\nabc\r\nEND\r\n', 'x'.repeat(500_000), '', 'größer'];
    await firstValueFrom(forkJoin(values.map((value, i) => cache.set(`value${i}`, value))));
    const back = await firstValueFrom(forkJoin(values.map((_, i) => cache.get(`value${i}`))));
    expect(back.map((value) => text.decode(value))).toEqual(values);
    const many = await firstValueFrom(cache.getMany(['value0', 'nothing', 'value3']));
    expect([...many].map(([key, value]) => [key, text.decode(value)])).toEqual([
      ['value0', values[0]],
      ['value3', values[3]],
    ]);
  });

  it('gives each of many callers its own value, on two connections', async () => {
    const pool = twoConnections();
    const cache = new Memcached(pool);
    const keys = await firstValueFrom(range(0, 300).pipe(toArray()));
    await lastValueFrom(merge(...keys.map((i) => cache.set(`own${i}`, `value of ${i}`))));
    const values = await firstValueFrom(forkJoin(keys.map((i) => cache.get(`own${i}`))));
    expect(values.map((value) => text.decode(value))).toEqual(keys.map((i) => `value of ${i}`));
    expect(pool.stats.opened).toBe(2);
  });

  it('refuses one request, and answers the others on the same connection', async () => {
    const pool = twoConnections();
    const client = requestClient(pool, memcachedProtocol);
    const outcomes = await Promise.allSettled([
      firstValueFrom(client.request('set before 0 0 1\r\na\r\n')),
      firstValueFrom(client.request('nonsense\r\n')),
      firstValueFrom(client.request('incr before 1\r\n')),
      firstValueFrom(client.request('get before\r\n')),
    ]);
    expect(outcomes).toMatchObject([
      { value: { end: 'STORED' } },
      { reason: expect.any(MemcachedError) as unknown },
      { reason: { message: 'CLIENT_ERROR cannot increment or decrement non-numeric value' } },
      { value: { end: 'END', items: [{ line: 'VALUE before 0 1' }] } },
    ]);
    expect(pool.stats).toMatchObject({ destroyed: 0, lost: 0 });
  });

  it('emits its statistics', async () => {
    const client = requestClient(twoConnections(), memcachedProtocol);
    const { items } = await firstValueFrom(client.request('stats\r\n'));
    expect(items.map(({ line }) => line)).toContainEqual(expect.stringMatching(/^STAT curr_connections \d+$/));
  });

  it('loses a connection, and nobody an answer, when a request has another length than it says', async () => {
    const pool = twoConnections();
    const errors: unknown[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'destroyed') errors.push(event.error);
    });
    const client = requestClient(pool, memcachedProtocol);
    await firstValueFrom(client.request('set safe 0 0 4\r\nsafe\r\n'));
    // One answer for the bad chunk, and one for what is taken for the next command.
    await expect(firstValueFrom(client.request('set bad 0 0 2\r\nabcd\r\n'))).rejects.toThrow('CLIENT_ERROR');
    const { items } = await firstValueFrom(client.request('get safe\r\n', { idempotent: true }));
    expect(items.map(({ value }) => text.decode(value))).toEqual(['safe']);
    expect(errors).toEqual([expect.any(RequestUnaskedError)]);
    expect(pool.stats.opened).toBe(2);
  });

  it('refuses a key that is none before it is sent', () => {
    const cache = new Memcached(twoConnections());
    expect(() => cache.get('a b')).toThrow('not a key of memcached: "a b"');
  });
});
