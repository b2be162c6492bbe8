/**
 * Text would go through all of the code for bytes and come out as nonsense.
 *
 * @internal
 */
export function checkBytes(bytes: Uint8Array, hint = ''): void {
  if (!ArrayBuffer.isView(bytes)) {
    throw new TypeError(`Expected bytes (Uint8Array), got ${typeof (bytes as unknown)}.${hint}`);
  }
}
