import type { Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { borrowNow, instantLab, type FakeLease } from './pool-lab.js';

it.each<[string, (lease: FakeLease) => Observable<unknown>]>([
  ['data$', (lease) => lease.data$],
  ['lost$', (lease) => lease.lost$],
])('a lease keeps nothing of those who have left its %s', async (_name, streamOf) => {
  const { pool } = instantLab();
  const lease = borrowNow(pool);
  const leave = (): WeakRef<object> => {
    const subscription = streamOf(lease).subscribe({ error: () => undefined });
    subscription.unsubscribe();
    return new WeakRef(subscription);
  };
  const left = leave();
  await collectGarbage();

  expect(left.deref()).toBeUndefined();
  expect(lease.isOver).toBe(false);
});
