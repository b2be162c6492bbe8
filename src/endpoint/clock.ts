/** A timer that a {@link Clock} has set. Every method may be called at any time, also after it fired. */
export interface Timer {
  cancel(): void;
  /** Keeps the process alive until it fires (the state it starts in). */
  ref(): void;
  /** Lets the process exit before it fires. */
  unref(): void;
}

/**
 * Where time comes from: everything below the transports asks its clock, so that tests can hold it.
 *
 * An RxJS `SchedulerLike` is accepted wherever a clock is, see `toClock`.
 */
export interface Clock {
  /** Milliseconds since the epoch. Never goes back; may stay the same for as long as one macrotask runs. */
  now(): number;
  /** Runs `fn` in a later macrotask, at `at` or soon after; at once if `at` has passed. */
  set(at: number, fn: () => void): Timer;
  /** Runs `fn` in the next macrotask. */
  defer(fn: () => void): void;
}
