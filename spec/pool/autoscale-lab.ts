import { BehaviorSubject, ReplaySubject } from 'rxjs';
import {
  autoscale,
  type AutoscaleConfig,
  type AutoscaleDecision,
  type PoolStatus,
  type ScalablePool,
} from '../../src/index.js';
import type { Load } from '../../src/pool/demand.js';
import { record, type Recording } from './pool-lab.js';

/** What is counted from the beginning of a pool. */
const COUNTS = ['opened', 'borrowed', 'timedOut', 'cancelled', 'rejected'] as const;

/** What goes on in a pool for a while. */
export interface Happening extends Partial<Pick<Load, (typeof COUNTS)[number]>> {
  /** Loans under way at once, on average. */
  readonly lent?: number;
  /** How long all that waited did so meanwhile, in ms. */
  readonly waited?: number;
  /** How it is at the end. */
  readonly leases?: number;
  readonly waiting?: number;
  readonly parked?: number;
  readonly owned?: number;
  readonly connecting?: number;
}

/** Loans a second for each that is under way at once: each takes 10 ms. */
const RATE = 100;

/** Just enough of a pool to be scaled, with the numbers in the test's hands. */
export class FakePool implements ScalablePool {
  readonly status$ = new BehaviorSubject<Pick<PoolStatus, 'state'>>({ state: 'up' });
  readonly stats$ = new ReplaySubject<Load>(1);
  readonly reasons: string[] = [];
  load: Load = {
    at: 1_000_000,
    ...{ min: 0, max: 1, owned: 0, connecting: 0, leases: 0, waiting: 0, parked: 0 },
    ...{ opened: 0, borrowed: 0, timedOut: 0, cancelled: 0, rejected: 0, lentTime: 0, waitingTime: 0 },
  };

  constructor(max: number, min = 0) {
    this.load = { ...this.load, min, max };
    this.stats$.next(this.load);
  }

  get max(): number {
    return this.load.max;
  }

  resize({ max, reason }: { max: number; reason: string }): void {
    this.load = { ...this.load, max };
    this.reasons.push(reason);
  }

  /** Lets time pass and takes a snapshot. What is not told is none, but for places: they stay taken. */
  pass({ lent = 0, waited = 0, ...happening }: Happening, ms = 1_000): void {
    const { load } = this;
    const ends = { leases: 0, waiting: 0, parked: 0, connecting: 0, ...happening, at: load.at + ms };
    this.load = { ...load, ...ends, lentTime: load.lentTime + lent * ms, waitingTime: load.waitingTime + waited };
    for (const count of COUNTS) this.load = { ...this.load, [count]: load[count] + (happening[count] ?? 0) };
    this.stats$.next(this.load);
  }

  /** A second in which loans of 10 ms are asked for, as many as would keep `load` connections busy; what finds no room waits. */
  serve(load: number): void {
    const { max, waiting, owned } = this.load;
    const lent = Math.min(load + waiting / RATE, max);
    const left = Math.round(waiting + (load - lent) * RATE);
    this.pass({
      lent,
      borrowed: Math.round(lent * RATE),
      waiting: left,
      waited: ((waiting + left) / 2) * 1_000,
      owned: left > 0 ? max : Math.min(max, Math.max(owned, Math.ceil(lent))),
    });
  }

  /** {@link serve} for so many seconds, and the sizes at their ends. */
  run(load: (second: number) => number, seconds: number): number[] {
    return Array.from({ length: seconds }, (_, second) => {
      this.serve(load(second));
      return this.max;
    });
  }
}

export interface ScalingLab {
  readonly pool: FakePool;
  readonly decisions: Recording<AutoscaleDecision>;
}

/** A pool of `max` that is being scaled. */
export function scaled(max: number, config: AutoscaleConfig, min?: number): ScalingLab {
  const pool = new FakePool(max, min);
  return { pool, decisions: record(autoscale(pool, config)) };
}

/** How often a series changes its direction. */
export function turns(sizes: readonly number[]): number {
  const moves = sizes.map((size, i) => Math.sign(size - (sizes[i - 1] ?? size))).filter((move) => move !== 0);
  return moves.filter((move, i) => i > 0 && move !== moves[i - 1]).length;
}
