import { of, skip, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, endpoint, PoolClosedError, type PoolConfig } from '../../src/index.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { instantLab, record } from './pool-lab.js';

const make = (source: unknown, config?: unknown): unknown =>
  createPool(source as ReturnType<typeof fakeTransport>, config as PoolConfig);

describe('the options of a pool', () => {
  const limit = 'an integer from 1 to 9007199254740991';
  const count = 'an integer from 0 to 9007199254740991';
  const duration = 'a number from 0 to Infinity';

  it.each<[Record<string, unknown>, new () => Error, string]>([
    [{ max: 0 }, RangeError, `createPool: max must be ${limit}, got 0`],
    [{ max: 1.5 }, RangeError, `createPool: max must be ${limit}, got 1.5`],
    [{ max: Infinity }, RangeError, `createPool: max must be ${limit}, got Infinity`],
    [{ max: '10' }, TypeError, `createPool: max must be ${limit}, got "10"`],
    [{ min: -1 }, RangeError, `createPool: min must be ${count}, got -1`],
    [{ min: 11 }, RangeError, 'createPool: min must be an integer from 0 to 10, got 11'],
    [{ min: 3, max: 2 }, RangeError, 'createPool: min must be an integer from 0 to 2, got 3'],
    [{ minPerEndpoint: 11 }, RangeError, 'createPool: minPerEndpoint must be an integer from 0 to 10, got 11'],
    [
      { minPerEndpoint: 3, maxPerEndpoint: 2 },
      RangeError,
      'createPool: minPerEndpoint must be an integer from 0 to 2, got 3',
    ],
    [{ maxPerEndpoint: 0 }, RangeError, `createPool: maxPerEndpoint must be ${limit}, got 0`],
    [{ maxWaiting: -1 }, RangeError, `createPool: maxWaiting must be ${count} or one of Infinity, got -1`],
    [{ acquireTimeout: -1 }, RangeError, `createPool: acquireTimeout must be ${duration}, got -1`],
    [{ acquireTimeout: null }, TypeError, `createPool: acquireTimeout must be ${duration}, got null`],
    [{ idleTimeout: Number.NaN }, RangeError, `createPool: idleTimeout must be ${duration}, got NaN`],
    [{ validateAfter: 'soon' }, TypeError, `createPool: validateAfter must be ${duration}, got "soon"`],
    [{ hookTimeout: 0 }, RangeError, 'createPool: hookTimeout must be a number from 1 to Infinity, got 0'],
    [{ order: 'random' }, RangeError, 'createPool: order must be one of "lifo", "fifo", got "random"'],
    [{ order: 1 }, TypeError, 'createPool: order must be one of "lifo", "fifo", got 1'],
    [{ name: 7 }, TypeError, 'createPool: name must be a string, got 7'],
    [{ clock: Date.now }, TypeError, 'createPool: clock must be an object, got function now'],
    [{ random: 0.5 }, TypeError, 'createPool: random must be a function, got 0.5'],
    [{ prepare: {} }, TypeError, 'createPool: prepare must be a function, got an object'],
    [{ maxConnecting: 0 }, RangeError, `createPool: maxConnecting must be ${limit}, got 0`],
    [{ retry: 3 }, TypeError, 'createPool: retry must be an object, got 3'],
    [{ retry: { times: 3 } }, TypeError, 'createPool: retry: unknown option times; known are count, delay,'],
    [{ retry: { count: -1 } }, RangeError, `createPool: retry: count must be ${duration}, got -1`],
    [{ maximum: 3 }, TypeError, 'createPool: unknown option maximum; known are '],
  ])('refuse %j at creation, naming option, value and range', (config, type, message) => {
    expect(() => make(fakeTransport(), config)).toThrow(type);
    expect(() => make(fakeTransport(), config)).toThrow(message);
  });

  it('refuse a minPerEndpoint that max has no room for over all endpoints', () => {
    expect(() => make([fakeTransport('a'), fakeTransport('b')], { max: 5, minPerEndpoint: 3 })).toThrow(
      'createPool: minPerEndpoint must be an integer from 0 to 2, got 3',
    );
  });

  it('refuse a config that is no object', () => {
    expect(() => make(fakeTransport(), 20)).toThrow(new TypeError('createPool: config must be an object, got 20'));
  });

  it('count undefined as left out', () => {
    const { pool } = instantLab({
      max: undefined,
      min: undefined,
      name: undefined,
      order: undefined,
    });
    expect(pool.stats.max).toBe(10);
    expect(pool.name).toBe('fake:1');
  });
});

describe('the source of a pool', () => {
  const endpointItself = 'pass the endpoint itself, without pipe';
  const anything = 'createPool: pass a transport such as tcp("localhost:5000"), an endpoint, or an array of them';

  it.each<[string, unknown, string]>([
    ['a piped endpoint in a list', [fakeTransport(), endpoint(fakeTransport()).pipe(skip(1))], endpointItself],
    ['any Observable', of(1), endpointItself],
    ['an empty list', [], 'createPool: the list of endpoints is empty'],
    ['nothing', undefined, anything],
    ['null', null, anything],
    ['a string', 'localhost:5000', anything],
    ['a number', 5000, anything],
    ['an object without open', {}, anything],
    ['a list with a hole', [fakeTransport(), undefined], anything],
    ['a list of lists', [[fakeTransport()]], anything],
    ['the factory instead of its result', fakeTransport, anything],
  ])('may not be %s', (_name, source, message) => {
    expect(() => make(source)).toThrow(TypeError);
    expect(() => make(source)).toThrow(message);
  });

  it('may be an endpoint, which is recognised by its brand', () => {
    const own = endpoint(fakeTransport('branded'));
    expect(createPool(own).endpoints[0]?.endpoint).toBe(own);
  });

  it('is not changed by a later change of the list', () => {
    const sources = [fakeTransport('a')];
    const pool = createPool(sources);
    sources.push(fakeTransport('b'));
    expect(pool.endpoints.map(({ address }) => address)).toEqual(['a']);
  });
});

describe('name', () => {
  it('is that of the addresses by default', () => {
    expect(createPool([fakeTransport('a:1'), fakeTransport('b:2')]).name).toBe('a:1,b:2');
  });

  it('is in the errors of the pool', async () => {
    const { pool } = instantLab({ name: 'sessions' });
    expect(pool.name).toBe('sessions');
    await pool.close();
    const refused = record(pool.borrow());
    expect(refused.error).toBeInstanceOf(PoolClosedError);
    expect(refused.error).toMatchObject({ message: 'pool sessions is closed', info: { pool: 'sessions' } });
  });
});

describe('clock', () => {
  it('may be an RxJS scheduler, on whose time the pool then runs', () => {
    const scheduler = new VirtualTimeScheduler();
    const pool = createPool(fakeTransport(), { clock: scheduler, acquireTimeout: 70 });
    let failedAt: number | undefined;
    pool.borrow().subscribe({ error: () => (failedAt = scheduler.now()) });
    scheduler.flush();
    expect(failedAt).toBe(70);
  });
});
