/** Every way to cut `bytes` into pieces: 2^(n-1) of them. */
export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  const gaps = bytes.length - 1;
  for (let cuts = 0; cuts < 2 ** gaps; cuts++) {
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (let gap = 0; gap < gaps; gap++) {
      if ((cuts >> gap) & 1) {
        pieces.push(bytes.subarray(from, gap + 1));
        from = gap + 1;
      }
    }
    yield [...pieces, bytes.subarray(from)];
  }
}

/** `bytes` cut into pieces of 0 to `longest` bytes. */
export function randomSplit(bytes: Uint8Array, longest: number, random: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = from + Math.floor(random() * (longest + 1));
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
