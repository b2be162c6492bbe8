import { unwatched } from './creations.js';

// Taken now: a test may leave fake ones in their place.
const { setImmediate, setTimeout } = globalThis;

const nextTurn = (): Promise<void> => new Promise((resolve) => unwatched(() => setImmediate(resolve)));

/** Waits behind every timer that is due within the ms, as those by which RxJS throws what nobody has handled. */
const dueTimers = (): Promise<void> => new Promise((resolve) => unwatched(() => setTimeout(resolve)));

/** Far more than any close on loopback takes, and still over in a few ms. */
const TURNS = 100;

/** Lets happen what is already on its way, until nothing is to come: at least what Node tells of after the current tick. */
export async function settle(isAnythingToCome: () => boolean): Promise<void> {
  await nextTurn();
  await turnWhile(isAnythingToCome);
  if (!isAnythingToCome()) return;
  await dueTimers();
  await turnWhile(isAnythingToCome);
}

async function turnWhile(isAnythingToCome: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS && isAnythingToCome(); turn++) await nextTurn();
}
