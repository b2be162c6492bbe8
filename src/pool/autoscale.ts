import { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { Complete } from '../endpoint/complete.js';
import type { Load } from './demand.js';
import type { PoolStatus } from './pool-status.js';
import { autoscaleRules, Scaling, type AutoscaleConfig, type AutoscaleDecision } from './scaling.js';

/** What `autoscale` needs of a pool. */
export interface ScalablePool {
  readonly status$: Observable<Pick<PoolStatus, 'state'>>;
  readonly stats$: Observable<Load>;
  resize(sizes: { readonly max: number; readonly reason: string }): void;
}

/** Snapshots come once a second, and a timer may be a little early. */
const HALF_A_SNAPSHOT = 500;

/**
 * Moves a pool's `max` between two bounds by measured demand, for as long as it is subscribed to, and emits each change. Unsubscribing
 * leaves `max` where it is. Completes when the pool closes. Each subscription scales for itself: share it, or have one.
 *
 * What is needed is demand ÷ target, as in Knative's autoscaler, whose target is 70 % and whose window is 60 s as well; the demand is by
 * Little's law, see `demandBetween`. `max` grows at once, at most to twice its size, and shrinks to the most that was needed for a while,
 * and 10 % above it, as in the HorizontalPodAutoscaler of Kubernetes, which doubles, has 10 % of tolerance and takes the highest need of
 * a window. A mean wait of over 100 ms, from where on a delay is felt (Jakob Nielsen, "Usability Engineering", 1993), makes it grow as well.
 *
 * While every endpoint is down nothing is decided: borrowers then wait for the address, not for room.
 *
 * @param config `min` and `max` are required
 *
 * @example
 * ```ts
 * import { autoscale } from 'rxpool';
 *
 * const scaling = autoscale(pool, { min: 2, max: 50 }).subscribe({
 *   next: ({ from, to, reason }) => console.log(`${from} -> ${to}: ${reason}`),
 *   error: report,
 * });
 *
 * setTimeout(() => scaling.unsubscribe(), 3_600_000);
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function autoscale(pool: ScalablePool, config: AutoscaleConfig): Observable<AutoscaleDecision> {
  const options = complete(config);
  return new Observable((subscriber) => {
    const scaling = new Scaling(options);
    let before: Load | undefined;
    let isDown = false;
    let wasDown = false;
    subscriber.add(
      pool.status$.subscribe(({ state }) => {
        if (state === 'closed') subscriber.complete();
        isDown = state === 'down' || state === 'failed';
        wasDown ||= isDown;
      }),
    );
    if (subscriber.closed) return;
    subscriber.add(
      pool.stats$.subscribe((after) => {
        if (before !== undefined && after.at - before.at < options.interval - HALF_A_SNAPSHOT) return;
        if (wasDown) scaling.forget();
        const decision = before === undefined || wasDown ? undefined : scaling.decide(before, after);
        before = after;
        wasDown = isDown;
        if (decision !== undefined && resize(pool, decision)) subscriber.next(decision);
      }),
    );
  });
}

/** False when the pool refuses, as it does where its own `min` is above the bound: its `max` then stays. */
function resize(pool: ScalablePool, { to: max, reason }: AutoscaleDecision): boolean {
  try {
    pool.resize({ max, reason });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function complete(config: Partial<AutoscaleConfig> = {}): Complete<AutoscaleConfig> {
  checkConfig('autoscale', config, autoscaleRules);
  const { min, max, ...rest } = config;
  if (min === undefined || max === undefined) throw new TypeError('autoscale: min and max are required');
  checkConfig('autoscale', { min }, { min: { integer: [1, max] } });
  const { target = 0.7, concurrency = 1, interval = 1_000, waitLimit = 100 } = rest;
  const { shrinkAfter = 60_000, tolerance = 0.1, factor = 2 } = rest;
  return { min, max, target, concurrency, interval, waitLimit, shrinkAfter, tolerance, factor };
}
