/**
 * What a value counts for in a buffer: its bytes, the characters of a text, else 1. Never nothing, so that a buffer of
 * empty values has an end, too.
 *
 * @internal
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Math.max(1, value.length);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return Math.max(1, value.byteLength);
  return 1;
}
