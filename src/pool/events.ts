import type { CloseReason } from './close-reason.js';

/** Which connection an event is about. */
export interface ConnectionRef {
  /** The endpoint's address. */
  readonly endpoint: string;
  /** The slot's index. */
  readonly slot: number;
}

/**
 * What happens in a pool, discriminated by `type`; durations in ms.
 *
 * `connecting` → `opened` or `failed`; an open connection ends with `lost`, `closed` or `detached`. `queued` → `borrowed`, `timedOut` or
 * `cancelled`; a loan starts with `borrowed` and ends with `released`, `destroyed`, `detached` or `lost`.
 */
export type PoolEvent = { /** In ms since the epoch. */ readonly at: number } & (
  | ({ readonly type: 'connecting' } & ConnectionRef)
  | ({ readonly type: 'failed'; readonly error: unknown } & ConnectionRef)
  | ({ readonly type: 'opened'; readonly latency: number } & ConnectionRef)
  | ({ readonly type: 'lost'; readonly error: unknown } & ConnectionRef)
  | ({ readonly type: 'closed'; readonly reason: CloseReason } & ConnectionRef)
  | ({ readonly type: 'borrowed'; readonly waited: number } & ConnectionRef)
  | ({ readonly type: 'released'; readonly held: number } & ConnectionRef)
  | ({ readonly type: 'destroyed'; readonly held: number; readonly error?: unknown } & ConnectionRef)
  | ({ readonly type: 'detached'; readonly held: number } & ConnectionRef)
  /** A lease was held for longer than `leakAfter`, or garbage collected without having been released; the socket of that one is closed. */
  | ({
      readonly type: 'leaked';
      readonly reason: 'held' | 'collected';
      readonly held: number;
      readonly label?: string;
      /** Where it was borrowed; known with `leakAfter`. */
      readonly stack?: string;
    } & ConnectionRef)
  /** The borrower has left listeners on the socket, which have been removed. */
  | ({ readonly type: 'leftover'; readonly listeners: readonly string[] } & ConnectionRef)
  | { readonly type: 'resized'; readonly min: number; readonly max: number; readonly reason?: string }
  | { readonly type: 'queued'; readonly waiting: number }
  | { readonly type: 'timedOut'; readonly waited: number }
  | { readonly type: 'cancelled'; readonly waited: number }
  /** The queue was full. */
  | { readonly type: 'rejected'; readonly waiting: number }
  | { readonly type: 'closing' }
  /** Every owned connection has closed. */
  | { readonly type: 'drained' }
);
