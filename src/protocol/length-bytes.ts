/**
 * The bytes of a length, or `undefined` if it takes more than `width` of them.
 *
 * @internal
 */
export function lengthBytes(
  length: number,
  width: number | 'varint',
  endian: 'big' | 'little',
): Uint8Array | undefined {
  const base = width === 'varint' ? 128 : 256;
  const least: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / base)) least.push(rest % base);
  if (width === 'varint') {
    if (least.length === 0) least.push(0);
    return Uint8Array.from(least, (bits, i) => (i < least.length - 1 ? bits + 0x80 : bits));
  }
  if (least.length > width) return undefined;
  const bytes = new Uint8Array(width);
  bytes.set(least);
  return endian === 'big' ? bytes.reverse() : bytes;
}
