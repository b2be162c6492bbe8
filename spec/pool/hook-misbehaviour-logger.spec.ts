import { describe, expect, it } from 'vitest';
import type { Logger } from '../../src/index.js';
import { afterPromises, borrowMany, borrowNow, instantLab, record, reportOf, type FakePool } from './pool-lab.js';

const thrower = (): never => {
  throw new Error('log');
};

type Write = (line: string) => unknown;

function levels(write: Write): Logger {
  return { debug: write, info: write, warn: write, error: write };
}

const kinds: [string, (write: Write) => Logger][] = [
  ['with levels', levels],
  ['that prints', (print) => ({ print })],
];

describe.each(kinds)('a logger %s', (_kind, make) => {
  it.each<[string, Write]>([
    ['throws', thrower],
    ['rejects', async () => Promise.reject(new Error('log'))],
    ['hangs', async () => new Promise(() => undefined)],
    ['returns nonsense', () => ({ then: 7 })],
    ['returns a promise whose then throws', () => ({ then: thrower })],
  ])('that %s stops nothing', async (_name, write) => {
    const { pool, transport } = instantLab({ max: 2, logger: make(write) });
    const [first] = borrowMany(pool, 2);
    const waiting = record(pool.borrow());
    first!.release();
    waiting.only.destroy();
    pool.resize({ max: 3 });
    await afterPromises();
    expect(pool.stats).toMatchObject({ lent: 1, owned: 1, waiting: 0 });
    await pool.close({ borrowed: 'destroy' });
    expect(transport.active).toBe(0);
  });

  it.each<[string, (pool: FakePool) => unknown]>([
    ['borrows and gives back', (pool) => record(pool.borrow()).values[0]?.release()],
    ['resizes', (pool) => pool.resize({ max: 3 })],
    ['frees', (pool) => pool.free()],
    ['retires', (pool) => pool.retire()],
  ])('that %s at each line does so once a line', async (_name, act) => {
    let isInside = false;
    const { pool, transport } = instantLab({
      max: 2,
      logger: make((line) => {
        if (isInside || !line.includes('released')) return;
        isInside = true;
        act(pool);
        isInside = false;
      }),
    });
    const leases = borrowMany(pool, 2);
    for (const lease of leases) lease.release();
    await afterPromises();
    expect(pool.stats).toMatchObject({ lent: 0, checking: 0, closing: 0, waiting: 0 });
    expect(pool.stats.owned).toBe(transport.active);
    borrowMany(pool, 2);
  });

  it.each(['connecting', 'opened', 'borrowed', 'released', 'closing'])(
    'that closes the pool at the line of %s closes it once',
    async (type) => {
      let report: ReturnType<FakePool['close']> | undefined;
      const { pool, transport } = instantLab({
        max: 1,
        logger: make((line) => {
          if (line.includes(type)) report ??= pool.close();
        }),
      });
      record(pool.borrow()).values[0]?.release();
      const last = pool.close();
      expect(await reportOf(last)).toEqual(await report);
      expect(transport.active).toBe(0);
    },
  );
});

it.each([{}, { print: 'yes' }, { debug: () => undefined }])('a logger that is none is refused: %j', (logger) => {
  expect(() => instantLab({ logger: logger as unknown as Logger })).toThrow(TypeError);
});

it('without a logger nothing is written, and no event is made', () => {
  const { pool } = instantLab();
  borrowNow(pool).release();
  expect(pool.stats.released).toBe(1);
});
