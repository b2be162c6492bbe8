interface At {
  /** When, in ms since the epoch. */
  readonly at: number;
}

/**
 * What an endpoint tells of its connection, discriminated by `type`.
 *
 * One connection's life reads: `connecting`, then `failed` and `connecting` again until `connected`; `data` while it is up; `reset` when
 * it is lost; then `connecting` again until `reconnected`.
 */
export type ConnectionEvent<S, D = never> =
  /** An attempt starts. `attempt` counts from 1, anew after each success. */
  | ({ readonly type: 'connecting'; readonly attempt: number } & At)
  /** An attempt failed. `retryIn` is the known delay before the next one, in ms. */
  | ({ readonly type: 'failed'; readonly error: unknown; readonly attempt: number; readonly retryIn?: number } & At)
  /** The first connection is up, after `latency` ms. */
  | ({ readonly type: 'connected'; readonly socket: S; readonly latency: number } & At)
  | ({ readonly type: 'data'; readonly data: D } & At)
  /** The established connection was lost. */
  | ({ readonly type: 'reset'; readonly error: unknown; readonly retryIn?: number } & At)
  /** A new connection is up, `downtime` ms after the reset. */
  | ({ readonly type: 'reconnected'; readonly socket: S; readonly latency: number; readonly downtime: number } & At);
