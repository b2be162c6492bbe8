import type { EjectionChange } from '../balance/ejection-change.js';
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
  /** The source of endpoints has named one more, or named it no longer. */
  | { readonly type: 'added'; readonly endpoint: string }
  | { readonly type: 'removed'; readonly endpoint: string }
  /** The source of endpoints has failed, or sent what is no list of them. What is known stays. */
  | { readonly type: 'discoveryFailed'; readonly error: unknown }
  /** An endpoint gets no borrowers for `duration` ms, for the `times`th time in a row. */
  | ({ readonly type: 'ejected'; readonly endpoint: string } & Omit<
      Extract<EjectionChange, { type: 'ejected' }>,
      'type'
    >)
  /** Its time is over: one borrower tries it. */
  | { readonly type: 'probing'; readonly endpoint: string }
  /** It has served one, and gets others again. */
  | { readonly type: 'readmitted'; readonly endpoint: string }
  /** The pool's picker has thrown, or picked what it was not offered: another one stands in where it does. Told once. */
  | { readonly type: 'pickerFailed'; readonly error: unknown }
  | { readonly type: 'closing' }
  /** Every owned connection has closed. */
  | { readonly type: 'drained' }
);
