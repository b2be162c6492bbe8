import { EMPTY, NEVER, Observable, of, throwError } from 'rxjs';
import type { Clock } from '../../src/endpoint/clock.js';
import type { Random } from '../pool/random.js';
import type { HookMood } from './settings.js';

/** How long a hook takes that answers at all, in ms. */
export const SLOWEST_ANSWER = 40;

/** What the types forbid, and JavaScript does not. */
const NONSENSE: readonly unknown[] = [
  'yes',
  1,
  {},
  null,
  undefined,
  of('yes'),
  EMPTY,
  Promise.resolve('yes'),
  [1, 2],
  () => true,
];

/** What a hook answers with that is in some mood. */
export function answerIn(
  mood: HookMood | undefined,
  random: Random,
  clock: Clock,
): Observable<boolean> | Promise<boolean> {
  switch (mood) {
    case 'talks nonsense':
      return random.pick(NONSENSE) as Observable<boolean>;
    case 'promise':
      return Promise.resolve(true);
    case 'observable':
      return after(clock, random.below(SLOWEST_ANSWER));
    case 'fails':
      if (random.next() < 0.5) return Promise.reject(new Error('the hook has rejected'));
      return throwError(() => new Error('the hook has failed'));
    case 'throws':
      throw new Error('the hook has thrown');
    case 'hangs':
      return random.next() < 0.5 ? NEVER : new Promise<never>(() => undefined);
    case 'says no':
      return of(false);
    default:
      return of(true);
  }
}

/** Says yes `ms` later. */
export function after(clock: Clock, ms: number): Observable<true> {
  return new Observable<true>((subscriber) => {
    const timer = clock.set(clock.now() + ms, () => {
      subscriber.next(true);
      subscriber.complete();
    });
    return () => {
      timer.cancel();
    };
  });
}
