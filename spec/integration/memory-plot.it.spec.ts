import { expect, it } from 'vitest';
import { memory, type Way } from '../../docs/plots/memory.js';
import { KiB, MiB } from './flow.js';

/** What `consume` promises with its defaults: the high mark, and a chunk. */
const BOUND = (256 + 64) * KiB;

const small = { bytes: 16 * MiB, pace: (64 * MiB) / 1_000 };

it.each<[Way, least: number, most: number]>([
  ['consume', 64 * KiB, BOUND],
  ['concatMap', BOUND + 1, small.bytes],
])('the picture of the memory: %s holds from %d to %d bytes', async (way, atLeast, atMost) => {
  const { consumed, most, samples } = await memory(way, small);
  expect(consumed).toBe(small.bytes);
  expect(most).toBeGreaterThanOrEqual(atLeast);
  expect(most).toBeLessThanOrEqual(atMost);
  // The pace was no faster than it should be.
  const [end = 0] = samples.at(-1) ?? [];
  expect(1_000 * end).toBeGreaterThanOrEqual(small.bytes / small.pace);
});
