import { expect, it } from 'vitest';
import { PoolClosedError } from '../../src/index.js';
import { borrowNow, instantLab, record } from './pool-lab.js';

it('a lease tells why its connection was lost, also to whoever asks after the socket has closed for that reason', () => {
  const { pool, transport } = instantLab();
  transport.holdCloses = true;
  const lease = borrowNow(pool);
  void pool.close({ borrowed: 'destroy' });
  transport.closes[0]!.finish();
  expect(pool.stats.owned).toBe(0);

  expect(record(lease.lost$).only.cause).toBeInstanceOf(PoolClosedError);
});
