/** An error with a code, as Node's own are. */
export function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
