import { takeWhile } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, createPool, endpoint, fromFactory, RetriesExhaustedError } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';
import { echo, NetworkLab } from '../testing/network-lab.js';
import { createWorld } from './world.js';

describe('pain points of other pools', () => {
  it('1: a failing factory becomes a busy loop', async () => {
    const clock = new VirtualClock();
    let created = 0;
    const create = async (): Promise<object> => {
      // Without a turn of the event loop nothing but this would end the loop.
      if (++created > 1_000) return {};
      throw new Error('no');
    };
    const pool = createPool(fromFactory({ create }), { clock, max: 4, retry: { delay: 0, resetAfter: 0 } });
    const waiting = Array.from({ length: 10 }, () => record(pool.borrow({ timeout: 100 })));
    await clock.advanceAsync(0);
    expect(created).toBeLessThanOrEqual(4);
    await clock.advanceAsync(100);
    expect(created).toBeLessThanOrEqual(110);
    for (const { error } of waiting) expect(error).toBeInstanceOf(AcquireTimeoutError);
  });

  it('1: so does a factory that throws, with the default delay', async () => {
    const clock = new VirtualClock();
    let created = 0;
    const create = (): object => {
      created++;
      throw new Error('no');
    };
    const pool = createPool(fromFactory({ create }), { clock, random: () => 0.5 });
    const lease = record(pool.borrow({ timeout: 10_000 }));
    await clock.advanceAsync(10_000);
    expect(created).toBeLessThan(20);
    expect(lease.error).toBeInstanceOf(AcquireTimeoutError);
  });

  it('2: whoever waits never learns the real error', () => {
    const { clock, server, pool } = createWorld();
    server.close();
    const lease = record(pool.borrow({ timeout: 500 }));
    clock.advance(500);
    const { error } = lease;
    if (!(error instanceof AcquireTimeoutError)) throw error;
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error.message).toContain('ECONNREFUSED');
    const { status } = error.info.endpoints[0]!;
    expect(status.state).toBe('down');
    expect(status.error).toBe(error.cause);
    expect(error.info).toMatchObject({ waited: 500, lent: 0, idle: 0, checking: 0, max: 10, waiting: 0 });
  });

  it('2: nor, once all has been given up, that it was', () => {
    const { clock, server, pool } = createWorld({ retry: { count: 2 } });
    server.close();
    const lease = record(pool.borrow());
    clock.advance(2_000);
    expect(lease.error).toBeInstanceOf(RetriesExhaustedError);
    expect((lease.error as RetriesExhaustedError).cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('7: min is not reached after a failed start, and not restored after a loss', () => {
    const { clock, server, pool } = createWorld({ min: 3, idleTimeout: 1_000 });
    server.close();
    clock.advance(600_000);
    expect(pool.stats.idle).toBe(0);
    server.listen();
    clock.advance(60_000);
    expect(pool.stats.idle).toBe(3);
    server.reset();
    clock.advance(10_000);
    expect(pool.stats).toMatchObject({ idle: 3, lost: 3 });
    const leases = Array.from({ length: 6 }, () => record(pool.borrow()));
    clock.advance(10);
    for (const { only } of leases) only.release();
    clock.advance(60_000);
    expect(pool.stats).toMatchObject({ idle: 3, closed: 3 });
  });

  it('8: everybody reconnects at the same moment', () => {
    const lab = new NetworkLab();
    const dialledAt: number[] = [];
    const server = lab.network.listen('server:1', echo, {
      accept: () => {
        dialledAt.push(lab.clock.now());
        return 'accept';
      },
    });
    const pools = Array.from({ length: 100 }, () => lab.pool('server:1', { min: 1 }));
    lab.clock.advance(60_000);
    dialledAt.length = 0;
    server.reset();
    lab.clock.advance(60_000);
    expect(pools.every(({ stats }) => stats.idle === 1)).toBe(true);
    expect(dialledAt).toHaveLength(100);
    const inTheFirst = (ms: number): number => dialledAt.filter((at) => at <= dialledAt[0]! + ms).length;
    expect(inTheFirst(10)).toBeLessThan(25);
    expect(inTheFirst(50)).toBeLessThan(75);
  });

  it('8: or one pool fills up all at once', () => {
    let most = 0;
    const accept = (): 'accept' => {
      const { length } = [...network.sockets].filter(({ connecting }) => connecting);
      most = Math.max(most, length);
      return 'accept';
    };
    const { clock, network, server, pool } = createWorld({ max: 50, min: 50 }, { acceptDelay: 10, accept });
    clock.advance(60_000);
    expect([pool.stats.idle, most]).toEqual([50, 4]);
    most = 0;
    server.reset();
    clock.advance(60_000);
    expect([pool.stats.idle, most]).toEqual([50, 4]);
  });

  it('8: or a server that accepts and drops is dialled again and again', () => {
    const lab = new NetworkLab();
    lab.network.listen('server:1', (socket) => socket.resetAndDestroy());
    const pool = lab.pool('server:1', { min: 10 });
    lab.clock.advance(60_000);
    const { opened } = pool.stats;
    expect(opened).toBeGreaterThan(5);
    expect(opened).toBeLessThan(50);
  });

  it('22: an endpoint that has failed is gone for ever, and balancing collapses to one', () => {
    const { clock, network } = new NetworkLab();
    const one = network.listen('one:1', echo);
    const other = network.listen('other:1', echo);
    const pool = createPool([network.tcp('one:1'), network.tcp('other:1')], { clock, random: network.random, max: 4 });
    /** Where four borrowers are served; all of it is idle again, and closed, before this returns. */
    const served = (): string => {
      const leases = Array.from({ length: 4 }, () => record(pool.borrow()));
      clock.advance(2_000);
      const addresses = leases.map(({ only }) => only.endpoint.address).sort();
      for (const { only } of leases) only.release();
      clock.advance(60_000);
      return addresses.join(' ');
    };
    one.close();
    expect(served()).toBe('other:1 other:1 other:1 other:1');
    clock.advance(3_600_000);
    expect(served()).toBe('other:1 other:1 other:1 other:1');
    one.listen();
    clock.advance(60_000);
    expect(served()).toBe('one:1 one:1 other:1 other:1');
    one.close();
    other.close();
    const early = record(pool.borrow());
    clock.advance(3_600_000);
    expect(early.error).toBeInstanceOf(AcquireTimeoutError);
    other.listen();
    clock.advance(60_000);
    expect(served()).toBe('other:1 other:1 other:1 other:1');
  });

  it('25: reconnecting gets stuck behind an internal lock', () => {
    const lab = new NetworkLab();
    const { clock, network } = lab;
    const server = network.listen('server:1', echo);
    const feed = endpoint(network.tcp('server:1'), { clock, random: network.random, retry: { count: 2 } });
    const leaveAt = (event: string): void => {
      feed.pipe(takeWhile(({ type }) => type !== event)).subscribe();
      clock.advance(100);
      if (event === 'reset') server.reset();
      clock.advance(10_000);
    };
    feed.subscribe().unsubscribe();
    for (const event of ['connecting', 'connected', 'reset']) leaveAt(event);
    server.close();
    leaveAt('failed');
    const gaveUp = record(feed);
    clock.advance(10_000);
    expect(gaveUp.error).toBeInstanceOf(RetriesExhaustedError);
    server.listen();
    feed.retryNow();
    feed.subscribe().unsubscribe();
    const stays = record(feed);
    clock.advance(10_000);
    expect(stays.values.map(({ type }) => type)).toEqual(['connecting', 'connected']);
    expect([server.sockets.size, network.sockets.size]).toEqual([1, 1]);
  });

  it('26: a token that could not be had once ends reconnecting', async () => {
    const { clock, pool } = createWorld({
      min: 1,
      hookTimeout: 1_000,
      prepare: () => tokens.shift()?.(),
    });
    const tokens: (() => Promise<unknown>)[] = [
      async () => Promise.reject(new Error('no token')),
      () => {
        throw new Error('no token at all');
      },
      async () => new Promise(() => {}),
      async () => 'token',
    ];
    await clock.advanceAsync(60_000);
    expect(pool.stats).toMatchObject({ idle: 1, failed: 3, opened: 1 });
  });
});
