import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage for real; whatever a `WeakRef` still shows afterwards is held by somebody. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  // What a WeakRef has shown stays alive until the current task ends.
  await setImmediate();
  (runInNewContext('gc') as () => void)();
}
