/** How an endpoint is, as far as anybody has tried. */
export interface EndpointStatus {
  /**
   * - `idle`: nothing is open and nobody is trying
   * - `connecting`: an attempt is under way, nothing is open and nothing has failed
   * - `up`: at least one connection is open
   * - `down`: none is open and the last attempt failed or the last connection was lost
   * - `failed`: given up, until `retryNow()`
   */
  readonly state: 'idle' | 'connecting' | 'up' | 'down' | 'failed';
  /** When it came into this state, in ms since the epoch. */
  readonly since: number;
  /** The last error, while the endpoint has not been proven healthy since. */
  readonly error?: unknown;
  /** When the next attempt may start, in ms since the epoch, if that is known. */
  readonly nextAttemptAt?: number;
}
