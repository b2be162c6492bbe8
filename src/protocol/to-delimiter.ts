/**
 * The bytes of a delimiter, a copy of those that were passed.
 *
 * @internal
 */
export function toDelimiter(subject: string, delimiter: string | Uint8Array): Uint8Array {
  if (typeof delimiter !== 'string' && !ArrayBuffer.isView(delimiter)) {
    throw new TypeError(
      `${subject}: a delimiter must be a string or bytes (Uint8Array), got ${typeof (delimiter as unknown)}`,
    );
  }
  if (delimiter.length === 0) throw new RangeError(`${subject}: a delimiter must not be empty`);
  return typeof delimiter === 'string' ? new TextEncoder().encode(delimiter) : new Uint8Array(delimiter);
}
