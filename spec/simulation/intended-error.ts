/** Thrown where an uncaught error is what is meant to come of it. */
export class IntendedError extends Error {
  override readonly name = 'IntendedError';
}
