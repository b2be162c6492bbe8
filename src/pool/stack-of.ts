/** Frames enough to get out of RxJS, in whose middle a borrow begins. */
const DEPTH = 50;

/** Where the call comes from. Only V8 has to be told how far to look. */
export function stackOf(message: string): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const { stack } = new Error(message);
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}
