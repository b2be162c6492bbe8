import fc from 'fast-check';
import { describe, it } from 'vitest';
import { property } from './property.js';

/** Set them for a long search, and for moves that nobody has seen before. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 1_000);
const SEED = Number(process.env['MODEL_SEED'] ?? 2);
const MOST_TIME = 20_000 + RUNS * 100;

describe('a core beside its model', () => {
  it('does what the model says, move by move', { timeout: MOST_TIME }, () => {
    fc.assert(property, { seed: 1, numRuns: RUNS });
  });

  it('does so with other moves', { timeout: MOST_TIME }, () => {
    fc.assert(property, { seed: SEED, numRuns: RUNS });
  });
});
