import type { Candidate } from './candidate.js';
import type { Choose } from './picker.js';

/** Of two that chance has chosen, never the same one twice, the one that costs less; of equals the one chosen first. */
export function cheaperOfTwo(cost: (candidate: Candidate) => number): Choose {
  return (candidates, random) => {
    const { length } = candidates;
    if (length < 2) return candidates[0];
    const at = Math.floor(random() * length);
    const other = Math.floor(random() * (length - 1));
    const one = candidates[at];
    const two = candidates[other < at ? other : other + 1];
    if (one === undefined || two === undefined) return one ?? two;
    return cost(two) < cost(one) ? two : one;
  };
}
