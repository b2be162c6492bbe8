import { joinBytes } from './join-bytes.js';
import { lengthBytes } from './length-bytes.js';
import type { LengthLayout } from './length-layout.js';

/**
 * The bytes of a frame: header, length, body.
 *
 * @internal
 */
export function encodeLengthFrame(layout: LengthLayout, header: Uint8Array, body: Uint8Array): Uint8Array {
  const { bytes, endian, includesHeader, adjust } = layout;
  const announce = (width: number) => body.length - adjust + (includesHeader ? header.length + width : 0);

  // A varint that counts itself may grow by what it adds to the length.
  let width = bytes === 'varint' ? 1 : bytes;
  let length = lengthBytes(announce(width), bytes, endian);
  while (bytes === 'varint' && length !== undefined && length.length > width) {
    width++;
    length = lengthBytes(announce(width), bytes, endian);
  }
  if (length === undefined || announce(width) < 0) {
    throw new RangeError(
      `lengthPrefixed: a body of ${String(body.length)} bytes has no length of ${String(bytes)} bytes in this format`,
    );
  }
  return joinBytes(header, length, body);
}
