import { isDown } from '../endpoint/is-down.js';
import type { Candidate } from './candidate.js';

/** Whether there is reason to send anybody there. */
export function isGood({ state }: Pick<Candidate, 'state'>): boolean {
  return state !== 'ejected' && !isDown(state);
}
