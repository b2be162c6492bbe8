import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { Entrant, Limit } from './limit.js';
import { Line } from './line.js';

const quotaRules: Readonly<Record<'max', Rule>> = { max: { integer: [1, Number.MAX_SAFE_INTEGER] } };

/**
 * At most `max` leases at once for each client key, over all pools that share it. Whoever asks for more waits for the others of its key,
 * and keeps nobody else waiting.
 *
 * @example
 * ```ts
 * import { createPool, quota } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool(tcp('cache.internal:11211'), { max: 20, limits: [quota({ max: 5 })] });
 *
 * pool.run(async (socket) => socket.write('version\r\n'), { key: 'tenant 7' }).catch(report);
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function quota(config: { readonly max: number }): Limit {
  checkConfig('quota', config, quotaRules);
  if ((config as Partial<typeof config> | undefined)?.max === undefined) {
    throw new TypeError('quota: max is missing; it is how many leases a key may have at once');
  }
  return new Quota(config.max);
}

/** What one key has, and who waits for more of it. */
class Share extends Line<Entrant> {
  used = 0;
}

class Quota implements Limit {
  readonly name = 'quota';
  readonly bound: string;
  /** Of the keys that have something, and of no others. */
  private readonly shares = new Map<string, Share>();

  constructor(private readonly max: number) {
    this.bound = `${String(max)} at once`;
  }

  enter(key: string, entrant?: Entrant): boolean {
    let share = this.shares.get(key);
    if (share === undefined) this.shares.set(key, (share = new Share()));
    if (share.used < this.max) {
      share.used++;
      return true;
    }
    if (entrant !== undefined) share.push(entrant);
    return false;
  }

  leave(key: string, entrant: Entrant): void {
    this.shares.get(key)?.remove(entrant);
  }

  exit(key: string): void {
    const share = this.shares.get(key);
    if (share === undefined) return;
    const { first } = share;
    if (first !== undefined) {
      // Its place passes on, so that nobody who comes meanwhile can take it.
      share.remove(first);
      first.admitted();
    } else if (--share.used === 0) this.shares.delete(key);
  }

  retract(key: string): void {
    this.exit(key);
  }
}
