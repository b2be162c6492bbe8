import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  finalize,
  map,
  of,
  repeat,
  ReplaySubject,
  takeUntil,
  type Observable,
} from 'rxjs';
import { pause } from '../endpoint/pause.js';
import type { Clock } from '../endpoint/clock.js';
import { describeError } from '../endpoint/describe-error.js';
import { folderChange } from './from-file-change.js';

/** What a file holds, or why it cannot be read. */
export type FileContents = { readonly text: string } | { readonly error: unknown };

interface Watching {
  readonly clock: Clock;
  /** The longest between two looks, in ms. */
  readonly interval: number;
}

/** What a file holds, now and whenever it is something else. Neither errors nor completes. */
export function fileContents(file: string, watching: Watching): Observable<FileContents> {
  return defer(() => readAndWait(file, watching)).pipe(repeat(), distinctUntilChanged(isSame));
}

/** Reads once, and completes when it is time to read again. */
function readAndWait(file: string, { clock, interval }: Watching): Observable<FileContents> {
  // Watched anew each time: the folder may be another one by now. And before reading, so that no change falls between the two.
  const change = new ReplaySubject<void>(1);
  const watching = folderChange(dirname(file), clock).subscribe(change);
  const contents = defer(() => readFile(file, 'utf8')).pipe(
    map((text) => ({ text })),
    catchError((error: unknown) => of({ error })),
  );
  return concat(contents, pause(clock, interval).pipe(takeUntil(change))).pipe(finalize(() => watching.unsubscribe()));
}

function isSame(a: FileContents, b: FileContents): boolean {
  if ('text' in a) return 'text' in b && a.text === b.text;
  return 'error' in b && describeError(a.error) === describeError(b.error);
}
