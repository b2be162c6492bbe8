import type { Socket } from 'node:net';
import {
  bufferCount,
  finalize,
  interval,
  map,
  merge,
  skip,
  startWith,
  takeUntil,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import type { Pool } from 'rxpool';
import { frame } from './frame.js';
import type { Journal } from './journal.js';
import { lastLine, plainLine } from './plain.js';
import type { Tally } from './tally.js';
import { Terminal } from './terminal.js';
import type { View } from './view.js';

/** How often the screen is drawn, in ms: it looks live, and is hardly any work. */
const FRAME = 250;
const FRAMES_A_SECOND = 1_000 / FRAME;

export interface Shown {
  readonly pool: Pool<Socket, Buffer>;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly title: string;
  readonly stop$: Observable<string>;
}

/** Draws the demo for as long as somebody is subscribed: a live screen in a terminal, else one line a second. */
export function show(shown: Shown): Observable<unknown> {
  const isTerminal = process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal ? onScreen(shown, new Terminal(process.stdout)) : asLines(shown);
}

function onScreen(shown: Shown, terminal: Terminal): Observable<unknown> {
  return views(shown).pipe(
    tap((view) => terminal.draw(frame(view, terminal.size))),
    finalize(() => terminal.close()),
  );
}

function asLines(shown: Shown): Observable<unknown> {
  const { pool, title, journal, stop$ } = shown;
  console.log(title);
  // The pool's own pace is one snapshot a second, after the first at once.
  return merge(
    pool.stats$.pipe(
      skip(1),
      withLatestFrom(views(shown)),
      tap(([stats, view]) => console.log(plainLine({ ...view, stats }, journal.news()))),
      takeUntil(stop$),
    ),
    stop$.pipe(tap((reason) => console.log(lastLine(reason, journal.news())))),
  );
}

/** Looking at a pool never dials and costs next to nothing, so it may be done as often as there is somebody to look. */
function views({ pool, tally, journal, title, stop$ }: Shown): Observable<View> {
  const title$ = stop$.pipe(
    map((reason) => `${reason}: draining`),
    startWith(title),
  );
  return interval(FRAME).pipe(
    map(() => tally.answered),
    startWith(...Array<number>(FRAMES_A_SECOND).fill(0)),
    bufferCount(FRAMES_A_SECOND + 1, 1),
    withLatestFrom(title$),
    map(([answered, title]) => {
      const { status, stats, slots, endpoints } = pool;
      const roundTrips = answered.at(-1)! - answered[0]!;
      return { title, elapsed: journal.elapsed, status, stats, slots, endpoints, tally, roundTrips, journal };
    }),
  );
}
