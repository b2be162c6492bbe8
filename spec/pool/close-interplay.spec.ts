import { describe, expect, it } from 'vitest';
import { PoolClosedError } from '../../src/index.js';
import { borrowMany, borrowNow, instantLab, record, reportOf, stockIdle } from './pool-lab.js';

describe('the report of a close', () => {
  it('counts nothing that was closed before', async () => {
    const { pool } = instantLab();
    for (const lease of borrowMany(pool, 3)) lease.destroy();
    stockIdle(pool, 2);
    expect(await pool.close()).toEqual({ closed: 2, destroyed: 0, left: 0 });
  });

  it.each([
    ['leave', 'detached', { closed: 1, destroyed: 0, left: 1 }],
    ['destroy', 'destroyed', { closed: 1, destroyed: 1, left: 0 }],
  ] as const)(
    'that has to %s sockets counts one that comes back meanwhile as closed',
    async (borrowed, event, report) => {
      const { pool, transport } = instantLab();
      const [, second] = borrowMany(pool, 2);
      pool.events$.subscribe(({ type }) => {
        if (type === event) second!.release();
      });
      expect(await reportOf(pool.close({ borrowed }))).toEqual(report);
      const { destroyed, left: detached } = report;
      expect(pool.stats).toMatchObject({ owned: 0, released: 1, destroyed, detached });
      expect(transport.active).toBe(report.left);
    },
  );
});

describe('a socket that a close has taken from its borrower', () => {
  it('was lost for the reason that came first, also for whoever asks afterwards', async () => {
    const { pool } = instantLab();
    const lease = borrowNow(pool);
    await pool.close({ borrowed: 'destroy' });
    expect(record(lease.lost$).only.cause).toBeInstanceOf(PoolClosedError);
  });
});

describe('a socket that a close has left to its borrower', () => {
  it.each(['release', 'destroy'] as const)(
    'is let go of after hookTimeout where its close hangs after %s',
    async (end) => {
      const { pool, transport, clock } = instantLab({ hookTimeout: 300 });
      transport.holdCloses = true;
      const lease = borrowNow(pool);
      await pool.close({ borrowed: 'leave' });
      lease[end]();
      // A close by force has the same time once more.
      const patience = end === 'release' ? 600 : 300;
      clock.advance(patience - 1);
      expect(transport.last.unsubscribed).toBe(false);
      clock.advance(1);
      expect(transport.last.unsubscribed).toBe(true);
    },
  );

  it.each([
    ['release', false],
    ['destroy', true],
  ] as const)('is closed at %s, by force: %s', async (end, force) => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    await pool.close({ borrowed: 'leave' });
    lease[end]();
    expect(transport.closes).toMatchObject([{ force }]);
  });

  it('may be detached as well, which the pool takes no notice of', async () => {
    const { pool, transport } = instantLab();
    const lease = borrowNow(pool);
    await pool.close({ borrowed: 'leave' });
    const before = pool.stats;
    expect(lease.detach()).toBe(transport.last.socket);
    expect(pool.stats).toEqual(before);
    expect(transport.closes).toEqual([]);
  });
});

it('a connection that comes back to a closing pool is closed because of the shutdown', () => {
  const { pool } = instantLab();
  const lease = borrowNow(pool);
  void pool.close();
  const events = record(pool.events$);
  lease.release();
  expect(events.values).toMatchObject([
    { type: 'released' },
    { type: 'closed', reason: 'shutdown' },
    { type: 'drained' },
  ]);
});
