import { seededRandom } from '../../src/testing/seeded-random.js';

/** Numbers from 0 to below 1 that are the same for the same seed, and choices made with them. */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** An integer from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  /** Takes one out. */
  take<T>(from: T[]): T | undefined {
    return from.splice(this.below(from.length), 1)[0];
  }
}
