/**
 * `<length>#<json>`, as Nest writes it.
 *
 * @internal
 * @throws TypeError for what is no JSON.
 */
export function encodeNestFrame(packet: unknown): string {
  if (packet instanceof Promise) throw new TypeError('the serializer of a TCP client must not return a promise');
  // It is `undefined` for a function, which the declaration does not say.
  const json = JSON.stringify(packet) as string | undefined;
  if (json === undefined) throw new TypeError(`the serializer returned ${typeof packet}, which has no JSON`);
  return `${String(json.length)}#${json}`;
}
