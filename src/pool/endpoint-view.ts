import type { EndpointStatus } from '../endpoint/endpoint-status.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Quantiles } from './quantiles.js';

/** One endpoint of a pool, as it is at the moment. */
export interface EndpointView<S = unknown, D = unknown> {
  readonly address: string;
  readonly endpoint: Endpoint<S, D>;
  readonly status: EndpointStatus;
  /** As its status has it, or `ejected`, also while it is tried. */
  readonly state: EndpointStatus['state'] | 'ejected';
  /** Its share beside others, less while it starts slowly; and the group it belongs to, the lowest first. */
  readonly weight: number;
  readonly priority: number;
  readonly connecting: number;
  readonly idle: number;
  /** Idle, lent and checking. */
  readonly open: number;
  readonly closing: number;
  /** Leases that are out. */
  readonly leases: number;
  /** How long leases have lately taken, in ms: a long one counts in full at once, and fades. 0 where the pool has no other endpoint. */
  readonly latency: number;
  /** From the turn to dial until the connection was ready. */
  readonly connectTime: Quantiles;
  /** From the grant to the end of the loan. */
  readonly useTime: Quantiles;
  /** Leases that were released; those that ended with a loss or `destroy(error)`; and how often it was ejected. */
  readonly successes: number;
  readonly failures: number;
  readonly ejections: number;
}

export function endpointView<S, D>(pooled: PooledEndpoint<unknown>, endpoint: Endpoint<S, D>): EndpointView<S, D> {
  const { address, weight, priority, connecting, idle, open, closing, leases, latency, connectTime, useTime } = pooled;
  const { successes, failures, ejections } = pooled.record;
  // Asked for first: it may find out that the endpoint has proven itself.
  const { status } = endpoint;
  return {
    ...{ address, endpoint, status, state: pooled.state, weight, priority },
    ...{ connecting, idle: idle.size, open, closing, leases, latency },
    ...{ connectTime: connectTime.quantiles(), useTime: useTime.quantiles(), successes, failures, ejections },
  };
}
