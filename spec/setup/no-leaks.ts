import { afterAll, beforeEach, onTestFinished } from 'vitest';
import { isAnythingLeftSince, now, takeLeftSince, watchCreations } from './creations.js';
import { deafness } from './hearing.js';
import { settle } from './turns.js';
import { takeWarnings, watchWarnings } from './warnings.js';

/** A timer of the test runner would have to be told from those that are left behind, in every test. */
const NO_TIMEOUT = 0;

watchWarnings();
watchCreations();

const start = now();
// What is registered first runs last: behind all that a test, or its file, does to clean up.
afterAll(() => refuseLeaksSince(start), NO_TIMEOUT);
beforeEach(() => {
  const moment = now();
  onTestFinished(() => refuseLeaksSince(moment), NO_TIMEOUT);
});

async function refuseLeaksSince(moment: number): Promise<void> {
  await settle(() => isAnythingLeftSince(moment));
  const errors = [...takeWarnings(), ...takeLeftSince(moment), ...deafness()];
  if (errors.length > 0) throw new AggregateError(errors);
}
