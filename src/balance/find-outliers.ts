import type { Complete } from '../endpoint/complete.js';
import type { EjectionReason } from './ejection-change.js';
import type { EjectionConfig } from './ejection-config.js';
import type { EndpointRecord, Judged } from './endpoint-record.js';

/** An endpoint that is to be ejected if there is room for it. */
export interface Outlier<One> {
  readonly one: One;
  readonly reason: EjectionReason;
}

type Limits = Pick<Complete<EjectionConfig>, 'consecutive' | 'failureRate' | 'latencyFactor' | 'minRequests'>;

/** With fewer, there is no telling which of them is the odd one. */
const FEWEST_TO_COMPARE = 3;

/** Below this, in ms, what differs by a factor may differ by a tick of the clock. */
const SHORTEST_MEDIAN = 1;

/**
 * Those who have misbehaved in the interval that ends, the worst first because there may not be room for all. One may be in it twice.
 *
 * Those who are out are never among them: what counts for nothing is not in their records.
 */
export function findOutliers<One extends Judged>(all: readonly One[], limits: Limits): Outlier<One>[] {
  return [
    ...failingInRow(all, limits).map((one) => ({ one, reason: 'consecutive' as const })),
    ...failingOften(all, limits).map((one) => ({ one, reason: 'failureRate' as const })),
    ...slow(all, limits).map((one) => ({ one, reason: 'latency' as const })),
  ];
}

/** There was no room for them when they failed. */
function failingInRow<One extends Judged>(all: readonly One[], { consecutive }: Limits): One[] {
  return all
    .filter(({ record }) => record.failuresInRow >= consecutive)
    .sort(by(({ failuresInRow }) => -failuresInRow));
}

function failingOften<One extends Judged>(all: readonly One[], { failureRate, minRequests }: Limits): One[] {
  return all
    .filter(({ record }) => record.recentRequests >= minRequests && record.failureRate >= failureRate)
    .sort(by((record) => -record.failureRate));
}

function slow<One extends Judged>(all: readonly One[], { latencyFactor, minRequests }: Limits): One[] {
  const busy = all.filter(({ record }) => record.recentSuccesses >= minRequests).sort(by(({ meanTime }) => meanTime));
  if (busy.length < FEWEST_TO_COMPARE) return [];
  const times = busy.map(({ record }) => record.meanTime);
  const isSlow = (time: number, place: number): boolean =>
    time >= latencyFactor * Math.max(SHORTEST_MEDIAN, medianWithout(times, place));
  return busy.filter((_, place) => isSlow(times[place] ?? 0, place)).reverse();
}

/** The median of sorted numbers without the one at this place. */
function medianWithout(sorted: readonly number[], place: number): number {
  const other = (index: number): number => sorted[index < place ? index : index + 1] ?? 0;
  const others = sorted.length - 1;
  return (other((others - 1) >> 1) + other(others >> 1)) / 2;
}

function by(key: (record: EndpointRecord) => number): (a: Judged, b: Judged) => number {
  return (a, b) => key(a.record) - key(b.record);
}
