import type { EndpointStatus } from '../endpoint/endpoint-status.js';
import { isDown } from '../endpoint/is-down.js';

/** How a pool is, as far as anybody has tried its endpoints. */
export interface PoolStatus {
  /** As an endpoint's; `degraded` = some endpoints are down or have failed, others are not; `closed` from `close()` on. */
  readonly state: EndpointStatus['state'] | 'degraded' | 'closed';
  /** When it came into this state, in ms since the epoch. */
  readonly since: number;
  /** The latest error of an endpoint that is not up. */
  readonly error?: unknown;
  /** When the next attempt at an endpoint that is down may start, in ms since the epoch, where known. */
  readonly nextAttemptAt?: number;
}

/** One status out of those of the endpoints; `since` is `before`'s while the state is the same. */
export function combineStatus(statuses: readonly EndpointStatus[], now: number, before?: PoolStatus): PoolStatus {
  const state = stateOf(statuses);
  const bad = statuses.filter(({ state: one }) => isDown(one)).sort((a, b) => b.since - a.since);
  const next = Math.min(...bad.map(({ nextAttemptAt = Infinity }) => nextAttemptAt));
  return {
    state,
    since: before?.state === state ? before.since : now,
    ...(bad[0]?.error !== undefined && { error: bad[0].error }),
    ...(next !== Infinity && { nextAttemptAt: next }),
  };
}

function stateOf(statuses: readonly EndpointStatus[]): PoolStatus['state'] {
  const has = (state: EndpointStatus['state']): boolean => statuses.some((status) => status.state === state);
  const bad = statuses.filter(({ state }) => isDown(state)).length;
  if (bad > 0 && bad < statuses.length) return 'degraded';
  if (bad > 0) return has('down') ? 'down' : 'failed';
  if (has('up')) return 'up';
  return has('connecting') ? 'connecting' : 'idle';
}
