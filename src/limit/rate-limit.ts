import type { SchedulerLike } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';
import { Heap, type Heaped } from '../endpoint/heap.js';
import { toClock } from '../endpoint/to-clock.js';
import { checkRate, rateRules, TokenBucket, type Rate } from '../endpoint/token-bucket.js';
import type { Entrant, Limit } from './limit.js';
import { Line } from './line.js';
import { RecentKeys } from './recent-keys.js';

export interface RateLimitConfig extends Rate {
  /** Where time comes from; the pool's, where it has one of its own. @default the system's monotonic clock */
  readonly clock?: Clock | SchedulerLike | undefined;
}

/**
 * At most `perSecond` leases begun a second for each client key, over all pools that share it, and up to `burst` at once after a pause.
 * Whoever asks for more waits for its key's next turn, and keeps nobody else waiting.
 *
 * @example
 * ```ts
 * import { createPool, rateLimit } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool(tcp('cache.internal:11211'), { limits: [rateLimit({ perSecond: 100, burst: 20 })] });
 *
 * pool.run(async (socket) => socket.write('version\r\n'), { key: 'tenant 7' }).catch(report);
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function rateLimit(config: RateLimitConfig): Limit {
  checkRate('rateLimit', config, { ...rateRules, clock: { is: 'object' } });
  return new RateLimit(config, toClock(config.clock));
}

/** What one key has left, and who waits for more of it. */
class Allowance extends Line<Entrant> implements Heaped {
  place = -1;
  order = 0;

  constructor(
    readonly key: string,
    readonly bucket: TokenBucket,
  ) {
    super();
  }
}

class RateLimit implements Limit {
  readonly name = 'rate limit';
  readonly bound: string;
  /** A key is remembered until its bucket is full for certain, since a new one is full as well. */
  private readonly allowances: RecentKeys<Allowance>;
  /** Those for whom somebody waits, or has waited until lately, by when their next turn is due. */
  private readonly awaited = new Heap<Allowance>();
  private orders = 0;
  private timer: Timer | undefined;
  private timerAt = Infinity;

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
  ) {
    this.bound = `${String(rate.perSecond)} a second`;
    this.allowances = new RecentKeys(new TokenBucket(rate).fillTime + 1);
  }

  enter(key: string, entrant?: Entrant): boolean {
    const now = this.clock.now();
    const allowance = this.allowances.get(key) ?? new Allowance(key, new TokenBucket(this.rate));
    if (allowance.first === undefined && this.take(allowance, now)) {
      this.arm();
      return true;
    }
    if (entrant !== undefined) {
      allowance.push(entrant);
      this.await(allowance);
      this.arm();
    }
    return false;
  }

  leave(key: string, entrant: Entrant): void {
    this.allowances.get(key)?.remove(entrant);
  }

  exit(): void {
    // A lease counts by its beginning.
  }

  retract(key: string): void {
    const allowance = this.allowances.get(key);
    if (allowance === undefined) return;
    allowance.bucket.giveBack();
    this.admit(allowance, this.clock.now());
  }

  /** Does what is due: the keys take turns, since each has to wait again for its next one. */
  private tick(): void {
    this.timerAt = Infinity;
    const now = this.clock.now();
    while (this.awaited.firstRank <= now) {
      const one = this.awaited.first as Allowance;
      this.awaited.remove(one);
      this.admit(one, now);
    }
    if (this.allowances.dueAt <= now) this.allowances.forget(now);
    this.arm();
  }

  /** Gives the first in line its turn, if there is one. */
  private admit(allowance: Allowance, now: number): void {
    const { first } = allowance;
    if (first === undefined) return;
    const isIn = this.take(allowance, now);
    if (isIn) allowance.remove(first);
    if (allowance.first !== undefined) this.await(allowance);
    if (isIn) first.admitted();
  }

  private take(allowance: Allowance, now: number): boolean {
    if (allowance.bucket.take(now) > 0) return false;
    this.allowances.use(allowance.key, allowance, now);
    return true;
  }

  /** Of those that are due at the same time, whoever waited first comes first. */
  private await(allowance: Allowance): void {
    if (allowance.place >= 0) return;
    allowance.order = this.orders++;
    this.awaited.add(allowance, allowance.bucket.readyAt);
  }

  /** One timer for all keys. It keeps no process alive: whoever waits does so by means of its own. */
  private arm(): void {
    const at = Math.min(this.awaited.firstRank, this.allowances.dueAt);
    if (at >= this.timerAt || at === Infinity) return;
    this.timer?.cancel();
    this.timerAt = at;
    this.timer = this.clock.set(at, () => {
      this.tick();
    });
    this.timer.unref();
  }
}
