import { watch, type FSWatcher } from 'node:fs';
import { Observable } from 'rxjs';
import type { Clock, Timer } from '../endpoint/clock.js';

/** How long after the first news of a change to tell of it, in ms: it is rarely the last, and what is being written is not yet whole. */
const PATIENCE = 50;

/**
 * Tells, once, that something in a folder may have changed. Does not keep the process alive.
 *
 * The folder is watched and not a file in it, since whoever watches a file loses it when it is replaced. Where nothing can be watched, as a
 * folder that does not exist, it keeps silent.
 */
export function folderChange(folder: string, clock: Clock): Observable<void> {
  return new Observable<void>((subscriber) => {
    let timer: Timer | undefined;
    const changed = (): void => {
      if (timer !== undefined) return;
      timer = clock.set(clock.now() + PATIENCE, () => {
        subscriber.next();
        subscriber.complete();
      });
      timer.unref();
    };
    const watcher = tryWatch(folder, changed);
    return () => {
      timer?.cancel();
      watcher?.close();
    };
  });
}

function tryWatch(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', changed);
  } catch {
    return undefined;
  }
}
