import { defer, throwError, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

type RunHelpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/** Runs a test on virtual time; `time` is also the clock to hand to what is tested. */
export function marbles(test: (helpers: RunHelpers, time: TestScheduler) => void): void {
  const time = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  time.run((helpers) => {
    test(helpers, time);
  });
}

/** An `open` that gives each attempt the next of these lives. */
export function lives<S>(...each: readonly Observable<S>[]): () => Observable<S> {
  let attempt = 0;
  return () => defer(() => each[attempt++] ?? throwError(() => new Error('an attempt more than the test foresees')));
}
