import { expect, it } from 'vitest';
import { borrowNow, instantLab, record } from './pool-lab.js';

it('whoever stops reading a lease leaves the others that listen to it alone', () => {
  const { pool, transport } = instantLab();
  const lease = borrowNow(pool);
  const [left, reads, waits] = [record(lease.data$), record(lease.data$), record(lease.lost$)];
  left.subscription.unsubscribe();
  transport.last.push('hello');
  transport.last.lose();
  expect(left).toMatchObject({ values: [], failed: false });
  expect(reads).toMatchObject({ values: ['hello'], failed: true });
  expect(waits.values).toHaveLength(1);
});
