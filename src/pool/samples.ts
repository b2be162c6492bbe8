import type { Quantiles } from './quantiles.js';

/** How many samples are kept; a power of 2. */
const SIZE = 256;

const NONE = new Float64Array(0);

/** The latest durations of one kind, for quantiles. */
export class Samples {
  private values: Float64Array | undefined;
  private kept = 0;

  add(value: number): void {
    // Most pools are made long before their first sample, and some endpoints never have one.
    this.values ??= new Float64Array(SIZE);
    this.values[this.kept++ & (SIZE - 1)] = value;
  }

  /** By the nearest rank: the smallest sample that at least that share of the samples does not exceed. */
  quantiles(): Quantiles {
    const sorted = (this.values ?? NONE).slice(0, Math.min(this.kept, SIZE)).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  }
}
