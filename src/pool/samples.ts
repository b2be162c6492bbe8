import type { Quantiles } from './quantiles.js';

/** How many samples are kept; a power of 2. */
const SIZE = 256;

/** The latest durations of one kind, for quantiles. */
export class Samples {
  private readonly values = new Float64Array(SIZE);
  private kept = 0;

  add(value: number): void {
    this.values[this.kept++ & (SIZE - 1)] = value;
  }

  /** By the nearest rank: the smallest sample that at least that share of the samples does not exceed. */
  quantiles(): Quantiles {
    const sorted = this.values.slice(0, Math.min(this.kept, SIZE)).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  }
}
