import type { EndpointView, PoolStats, PoolStatus, SlotView } from 'rxpool';
import type { Journal } from './journal.js';
import type { Tally } from './tally.js';

/** Everything there is to see at one moment, for whoever draws it. */
export interface View {
  readonly title: string;
  /** Seconds. */
  readonly elapsed: number;
  readonly status: PoolStatus;
  readonly stats: PoolStats;
  readonly slots: readonly SlotView[];
  readonly endpoints: readonly Pick<
    EndpointView,
    'address' | 'status' | 'state' | 'latency' | 'weight' | 'successes'
  >[];
  readonly tally: Readonly<Tally>;
  /** Answers in the last second. */
  readonly roundTrips: number;
  readonly journal: Journal;
}

/** Resets and reconnects over all addresses. */
export function totalLosses({
  endpoints,
  journal,
}: {
  readonly endpoints: readonly Pick<EndpointView, 'address'>[];
  readonly journal: Journal;
}): {
  resets: number;
  reconnects: number;
} {
  const losses = endpoints.map(({ address }) => journal.lossesOf(address));
  return {
    resets: losses.reduce((sum, { resets }) => sum + resets, 0),
    reconnects: losses.reduce((sum, { reconnects }) => sum + reconnects, 0),
  };
}

export function ms(duration: number): string {
  return duration.toFixed(duration < 10 ? 1 : 0);
}
