/** Runs a function in the async context that it was made in, as `AsyncLocalStorage.snapshot()` does. */
export type Within = (fn: () => void) => void;

/**
 * Runs `fn` once: in the context, if there is one, or without it where that does not do what it should, since a lease that nobody gets would
 * be lost.
 */
export function inContext(within: Within | undefined, fn: () => void): void {
  if (within === undefined) {
    fn();
    return;
  }
  let isTold = false;
  const once = (): void => {
    if (isTold) return;
    isTold = true;
    fn();
  };
  try {
    within(once);
  } catch {
    // The next line does it.
  }
  once();
}
