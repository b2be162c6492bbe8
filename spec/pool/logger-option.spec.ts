import { describe, expect, it, vi } from 'vitest';
import { createPool } from '../../src/index.js';
import { EventQueue } from '../../src/pool/event-queue.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowNow, instantLab, record, stockIdle } from './pool-lab.js';

/** A logger that keeps its lines in itself. */
class Lines {
  readonly all: string[] = [];
  print(line: string): void {
    this.all.push(line);
  }
}

describe('a pool with a logger', () => {
  it('writes a line for each event, from the first to the last', async () => {
    const logger = new Lines();
    const { pool, clock, transport } = instantLab({ name: 'cache', logger, max: 1 });
    const lease = borrowNow(pool);
    clock.advance(12);
    lease.release();
    transport.last.lose(new Error('read ECONNRESET'));
    await pool.close();
    expect(logger.all).toEqual([
      'pool cache: queued, 1 waiting',
      'pool cache: connecting fake:1 #0',
      'pool cache: opened fake:1 #0 in 0 ms',
      'pool cache: borrowed fake:1 #0 after 0 ms',
      'pool cache: released fake:1 #0 after 12 ms',
      'pool cache: lost fake:1 #0: read ECONNRESET',
      'pool cache: closing',
      'pool cache: drained',
    ]);
  });

  it('goes by its name, or by its addresses', async () => {
    const logger = new Lines();
    const clock = new VirtualClock();
    await createPool([fakeTransport('a:1'), fakeTransport('b:2')], { logger, clock }).close();
    expect(logger.all).toEqual(['pool a:1,b:2: closing', 'pool a:1,b:2: drained']);
  });

  it('writes a few lines a window while its endpoint flaps, without a timer, and tells at the close how many more', async () => {
    const logger = new Lines();
    const transport = fakeTransport();
    const { pool, clock } = instantLab(
      { name: 'cache', logger, retry: { delay: 100, urgentMax: Infinity } },
      transport,
    );
    transport.onOpen = (attempt) => attempt.refuse(new Error('refused'));
    const waiter = record(pool.borrow({ timeout: Infinity }));
    clock.advance(100_000);
    const attempts = transport.opens.length;
    expect(attempts).toBeGreaterThan(500);
    // 11 windows, of each at most 5 lines and one that counts the others, of 2 types.
    expect(logger.all.length).toBeLessThanOrEqual(11 * 2 * 6 + 1);
    await pool.close();
    expect(waiter.failed).toBe(true);
    expect(told(logger.all, 'failed')).toBe(attempts);
    expect(told(logger.all, 'connecting')).toBe(attempts);
    expect(logger.all.at(-1)).toBe('pool cache: drained');
  });

  it('is not held up by one that throws', async () => {
    const print = vi.fn(() => {
      throw new Error('disk full');
    });
    const { pool } = instantLab({ logger: { print } });
    const events = record(pool.events$);
    stockIdle(pool, 2);
    await pool.close();
    expect(print).toHaveBeenCalledTimes(events.values.length);
    expect(events.completed).toBe(true);
  });

  it('does not go round for ever where writing a line borrows from the pool itself', () => {
    let lines = 0;
    const print = (): void => {
      lines++;
      pool.tryBorrow()?.release();
    };
    const { pool } = instantLab({ logger: { print } });
    borrowNow(pool).release();
    expect(lines).toBeLessThan(50);
    expect(pool.stats).toMatchObject({ lent: 0, idle: 1 });
  });

  it('has its lines in the order of the events, also where writing one causes the next', () => {
    const logger = new Lines();
    const print = (line: string): void => {
      logger.print(line);
      if (line.includes('opened')) void pool.close({ borrowed: 'destroy' });
    };
    const { pool } = instantLab({ name: 'cache', logger: { print } });
    record(pool.borrow());
    const types = logger.all.map((line) => /^pool cache: (\w+)/.exec(line)?.[1]);
    expect(types.slice(0, 3)).toEqual(['queued', 'connecting', 'opened']);
    expect(types.indexOf('closing')).toBeGreaterThan(2);
    expect(types.at(-1)).toBe('drained');
  });

  it.each([[5], ['console'], [{}], [{ debug: console.debug }]])('refuses what is no logger: %o', (logger) => {
    expect(() => createPool(fakeTransport(), { logger: logger as never })).toThrow(/^createPool: logger must /);
  });
});

it('a pool without a logger makes no events', () => {
  const listen = vi.spyOn(EventQueue.prototype, 'listen');
  const { pool } = instantLab();
  borrowNow(pool).release();
  expect(listen).not.toHaveBeenCalled();
  listen.mockRestore();
});

/** How many events of a type the lines speak of. */
function told(lines: readonly string[], type: string): number {
  const counts = lines
    .filter((line) => line.startsWith(`pool cache: ${type} `))
    .map((line) => Number(/, and (\d+) more$/.exec(line)?.[1] ?? 1));
  return counts.reduce((sum, count) => sum + count, 0);
}
