/**
 * A number of 32 bits for a text, evenly spread also where texts differ in their last letter only: FNV-1a (Fowler, Noll and Vo) over its
 * UTF-16 units, finished with `fmix32` of Austin Appleby's MurmurHash3.
 */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
