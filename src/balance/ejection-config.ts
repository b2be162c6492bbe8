import type { Rule } from '../endpoint/check-config.js';

/**
 * When an endpoint is ejected, which is to say left out for a while because its leases or its connects go wrong, and how it returns.
 * Durations are in ms. The rules are those of Envoy's outlier detection and of gRPC's (proposal A50), except where an option says so.
 */
export interface EjectionConfig {
  /** So many failures in a row eject an endpoint, `Infinity` never. Source: Envoy's `consecutive_5xx`. @default 5 */
  readonly consecutive?: number | undefined;
  /**
   * So large a share of failures in an interval ejects an endpoint, `Infinity` never. Envoy and gRPC have 0.85 and count answers; here a
   * failure is a broken socket or a task that threw. @default 0.5
   */
  readonly failureRate?: number | undefined;
  /**
   * How many times the median of the others an endpoint's mean use time in an interval must be to eject it, `Infinity` never. It takes 3
   * endpoints with `minRequests` each that succeeded. Envoy and gRPC have nothing like it. @default 5
   */
  readonly latencyFactor?: number | undefined;
  /**
   * An endpoint with fewer requests in an interval is judged neither by its rate of failures nor by its use time. Envoy and gRPC have 50
   * and 100 for services of many clients; a lease often carries many requests. @default 20
   */
  readonly minRequests?: number | undefined;
  /** How long an interval lasts. Source: Envoy, gRPC. @default 10_000 */
  readonly interval?: number | undefined;
  /** How long an ejection lasts: this, times how often in a row the endpoint has been ejected. Source: Envoy, gRPC. @default 30_000 */
  readonly baseTime?: number | undefined;
  /** An ejection lasts no longer than this, or than `baseTime` if that is longer. Source: Envoy, gRPC. @default 300_000 */
  readonly maxTime?: number | undefined;
  /**
   * Up to so large a part of its time is added to each ejection at random, past `maxTime` too, so that those ejected together do not
   * return together. Envoy has the option, with nothing as its default. @default 0.1
   */
  readonly jitter?: number | undefined;
  /**
   * At most so large a share of the endpoints is out at once, rounded down. One may be out, however small the share, but never all of
   * them. Source: Envoy, gRPC. @default 0.1
   */
  readonly maxEjected?: number | undefined;
  /**
   * When a smaller share of the endpoints than this is good, neither out nor down, ejections are ignored and all are used: better a bad
   * endpoint than none. 0 is never. Source: Envoy's panic threshold. @default 0.5
   */
  readonly panic?: number | undefined;
  /**
   * An endpoint that has returned, or has been found while the pool runs, takes this long to get its full share. It starts with a tenth of
   * it and gets more in proportion to the time, as in Envoy, where it is off unless asked for. 0 is off. @default 10_000
   */
  readonly slowStart?: number | undefined;
}

const never: Rule = { oneOf: [Infinity] };
const count: Rule = { integer: [1, Number.MAX_SAFE_INTEGER] };
const duration: Rule = { number: [1, Number.MAX_SAFE_INTEGER] };
const share: Rule = { number: [0, 1] };

export const ejectionRules: Readonly<Record<keyof EjectionConfig, Rule>> = {
  consecutive: { anyOf: [count, never] },
  failureRate: { anyOf: [{ number: [0.01, 1] }, never] },
  latencyFactor: { number: [1, Infinity] },
  minRequests: count,
  interval: duration,
  baseTime: duration,
  maxTime: { number: [1, Infinity] },
  jitter: share,
  maxEjected: share,
  panic: share,
  slowStart: { number: [0, Number.MAX_SAFE_INTEGER] },
};
