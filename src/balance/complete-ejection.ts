import type { Complete } from '../endpoint/complete.js';
import type { EjectionConfig } from './ejection-config.js';

/** The options of `ejection` with every default filled in. */
export function completeEjection(config: EjectionConfig = {}): Complete<EjectionConfig> {
  return {
    consecutive: config.consecutive ?? 5,
    failureRate: config.failureRate ?? 0.5,
    latencyFactor: config.latencyFactor ?? 5,
    minRequests: config.minRequests ?? 20,
    interval: config.interval ?? 10_000,
    baseTime: config.baseTime ?? 30_000,
    maxTime: config.maxTime ?? 300_000,
    jitter: config.jitter ?? 0.1,
    maxEjected: config.maxEjected ?? 0.1,
    panic: config.panic ?? 0.5,
    slowStart: config.slowStart ?? 10_000,
  };
}
