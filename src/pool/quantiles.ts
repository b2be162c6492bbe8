/** Of the latest 256 samples, in ms; all 0 while there is none. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}
