import { expect, it } from 'vitest';
import { borrowMany, borrowNow, instantLab, reportOf } from './pool-lab.js';

it('a hook that closes the pool and then never answers does not hold the close up', async () => {
  const { pool, transport, clock } = instantLab({ hookTimeout: 200 });
  const [first, second] = borrowMany(pool, 2);
  transport.holdCloses = true;
  let report: ReturnType<typeof pool.close> | undefined;
  transport.restore = () => {
    report = pool.close({ timeout: Infinity });
    return new Promise(() => undefined);
  };
  first!.release();
  transport.closes[0]!.finish();
  clock.advance(1_000);
  second!.release();
  transport.closes[1]!.finish();
  expect(await reportOf(report!)).toEqual({ closed: 2, destroyed: 0, left: 0 });
  expect(pool.stats.owned).toBe(0);
});

it('a hook that closes the pool and then says yes has its connection closed once', () => {
  const { pool, transport } = instantLab();
  transport.holdCloses = true;
  const lease = borrowNow(pool);
  transport.restore = () => {
    void pool.close();
    return true;
  };
  lease.release();
  expect(transport.closes).toMatchObject([{ force: false }]);
  expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
});
