import { FairQueue } from './fair-queue.js';
import type { Ranking } from './picker.js';

/**
 * One after the other, whatever their weight. One that starts slowly gets fewer turns meanwhile, and one that has been away comes next,
 * once. It is what a pool does unless told otherwise.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { roundRobin } from 'rxpool/balance';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool([tcp('a.internal:11211'), tcp('b.internal:11211')], { balance: roundRobin() });
 * ```
 */
export function roundRobin(): Ranking {
  return new FairQueue(({ warmth }) => warmth, false);
}
