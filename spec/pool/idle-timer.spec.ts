import { expect, it } from 'vitest';
import { instantLab, stockIdle } from './pool-lab.js';

it('the timer that is set for an idle connection does not keep the process alive', () => {
  const { pool, clock } = instantLab({ idleTimeout: 1_000 });
  stockIdle(pool, 1);

  expect(clock.upcoming[0]?.at).toBe(clock.now() + 1_000);
  expect(clock.keepsAlive).toBe(false);
});
