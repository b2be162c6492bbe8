import { tmpdir } from 'node:os';
import { filter, firstValueFrom, forkJoin, merge, range, take, toArray } from 'rxjs';
import { RequestLostError } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isInstalled, startServer, type RealServer } from '../memcached/start-server.js';
import { RedisSubscription, type RedisMessage } from './redis-subscription.js';
import { Redis } from './redis.js';
import { RedisError, type RedisValue } from './resp3.js';

describe.runIf(isInstalled('redis-server'))('Redis', () => {
  let server: RealServer;

  beforeAll(async () => {
    const keepNothing = ['--save', '', '--appendonly', 'no', '--dir', tmpdir()];
    server = await startServer('redis-server', (port) => ['--port', `${port}`, '--bind', '127.0.0.1', ...keepNothing]);
  });
  afterAll(() => server.stop());

  function connect(): Redis {
    const redis = new Redis(tcp({ host: '127.0.0.1', port: server.port }));
    onTestFinished(async () => {
      await redis.pool.close();
    });
    return redis;
  }

  function subscribe(...channels: readonly string[]): RedisSubscription {
    const subscription = new RedisSubscription(tcp({ host: '127.0.0.1', port: server.port }), channels);
    onTestFinished(async () => {
      await subscription.pool.close();
    });
    return subscription;
  }

  function say(redis: Redis, ...command: readonly string[]): Promise<RedisValue> {
    return firstValueFrom(redis.command(command));
  }

  /** The next connection of a subscription is open, and has been subscribed. */
  function connected({ pool }: RedisSubscription): Promise<unknown> {
    return firstValueFrom(pool.events$.pipe(filter(({ type }) => type === 'opened')));
  }

  it('answers', async () => {
    const redis = connect();
    expect(await say(redis, 'SET', 'greeting', 'größer\r\n')).toBe('OK');
    expect(await say(redis, 'GET', 'greeting')).toBe('größer\r\n');
    expect(await say(redis, 'GET', 'nothing')).toBeNull();
    expect(await say(redis, 'INCR', 'hits')).toBe(1);
  });

  it('answers in the types of RESP3, since each connection has said HELLO', async () => {
    const redis = connect();
    await say(redis, 'HSET', 'hash', 'a', '1', 'b', '2');
    expect(await say(redis, 'HGETALL', 'hash')).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    await say(redis, 'SADD', 'set', 'x', 'y');
    expect(await say(redis, 'SMEMBERS', 'set')).toEqual(new Set(['x', 'y']));
    await say(redis, 'ZADD', 'sorted', '1.5', 'one');
    expect(await say(redis, 'ZSCORE', 'sorted', 'one')).toBe(1.5);
    expect(await say(redis, 'EVAL', 'return {1, {2, {"three"}}}', '0')).toEqual([1, [2, ['three']]]);
  });

  it('refuses one command, and answers the others on the same connection', async () => {
    const redis = connect();
    await say(redis, 'SET', 'text', 'x');
    const outcomes = await Promise.allSettled([
      say(redis, 'INCR', 'text'),
      say(redis, 'NONSENSE'),
      say(redis, 'GET', 'text'),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { kind: 'ERR', message: 'ERR value is not an integer or out of range' } },
      { reason: expect.any(RedisError) as unknown },
      { value: 'x' },
    ]);
    expect(redis.pool.stats).toMatchObject({ destroyed: 0, lost: 0 });
  });

  it('gives each of many callers its own answer', async () => {
    const redis = connect();
    const asked = range(0, 500).pipe(toArray());
    const numbers = await firstValueFrom(asked);
    const answers = await firstValueFrom(forkJoin(numbers.map((i) => redis.command(['ECHO', `echo of ${i}`]))));
    expect(answers).toEqual(numbers.map((i) => `echo of ${i}`));
    expect(redis.pool.stats.opened).toBe(2);
  });

  it('errors for what was sent on a connection that is lost, and asks again what may be', async () => {
    const redis = connect();
    const killed = Promise.allSettled([
      say(redis, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no'),
      firstValueFrom(redis.command(['BLPOP', 'queue', '0'])),
      firstValueFrom(redis.command(['ECHO', 'again'], { idempotent: true })),
    ]);
    const [kill, once, again] = await killed;
    expect(kill.status).toBe('fulfilled');
    expect(once).toMatchObject({ reason: expect.any(RequestLostError) as unknown });
    expect(once).toMatchObject({ reason: { info: { written: true } } });
    expect(again).toMatchObject({ value: 'again' });
  });

  it('publishes to subscribers', async () => {
    const redis = connect();
    const subscription = subscribe('news', 'sport');
    const open = connected(subscription);
    const messages = firstValueFrom(subscription.messages$.pipe(take(3), toArray()));
    await open;
    expect(await say(redis, 'PUBLISH', 'news', 'one')).toBe(1);
    expect(await say(redis, 'PUBLISH', 'sport', 'two')).toBe(1);
    expect(await say(redis, 'PUBLISH', 'weather', 'sun')).toBe(0);
    await say(redis, 'PUBLISH', 'news', 'three');
    expect(await messages).toEqual([
      { channel: 'news', text: 'one' },
      { channel: 'sport', text: 'two' },
      { channel: 'news', text: 'three' },
    ]);
  });

  it('subscribes again after a reset, and the messages go on', async () => {
    const redis = connect();
    const subscription = subscribe('news');
    const seen: RedisMessage[] = [];
    const listening = subscription.messages$.subscribe((message) => seen.push(message));
    await connected(subscription);
    await say(redis, 'PUBLISH', 'news', 'before');
    const reconnected = connected(subscription);
    expect(await say(redis, 'CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
    await reconnected;
    const after = firstValueFrom(merge(subscription.messages$));
    expect(await say(redis, 'PUBLISH', 'news', 'after')).toBe(1);
    expect(await after).toEqual({ channel: 'news', text: 'after' });
    expect(seen.map(({ text }) => text)).toEqual(['before', 'after']);
    listening.unsubscribe();
  });
});
