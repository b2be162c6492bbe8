import {
  delay,
  fromEvent,
  map,
  merge,
  share,
  shareReplay,
  skip,
  take,
  throttleTime,
  timer,
  type Observable,
} from 'rxjs';

/** How long requests under way may take to end by themselves, in ms. */
const DRAIN = 1_000;
/** npm passes on the Ctrl-C that the terminal has sent us as well: signals this close together, in ms, are one. */
const KEY_PRESS = 300;

export interface Stopping {
  /** Emits once, and again for whoever comes late, with the reason: time is up, a signal, or what `died$` says. */
  readonly stop$: Observable<string>;
  /** Emits when the drain has had its time. */
  readonly cancel$: Observable<string>;
}

/** When to stop. A second Ctrl-C ends the process at once. */
export function stopping(seconds: number, died$: Observable<string>): Stopping {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal));
  const interrupts$ = merge(...signals).pipe(throttleTime(KEY_PRESS), share());
  interrupts$.pipe(skip(1)).subscribe(() => process.exit(130));

  const timeIsUp$ = timer(seconds * 1_000).pipe(map(() => 'time is up'));
  const interrupted$ = interrupts$.pipe(map(() => 'interrupted'));
  const stop$ = merge(timeIsUp$, interrupted$, died$).pipe(take(1), shareReplay({ bufferSize: 1, refCount: false }));
  return { stop$, cancel$: stop$.pipe(delay(DRAIN), share()) };
}
