import { expect, it } from 'vitest';
import { borrowNow, instantLab } from './pool-lab.js';

it('a lease that has ended says where its socket led to', () => {
  const lease = borrowNow(instantLab().pool);
  lease.release();
  expect(() => lease.socket).toThrow(
    expect.objectContaining({ code: 'RXPOOL_LEASE_ENDED', retryable: false, info: { address: 'fake:1' } }),
  );
});
