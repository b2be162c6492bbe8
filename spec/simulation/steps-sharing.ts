import { choose } from './choice.js';
import type { SharedBudget } from './shared-budget.js';
import type { StepKind, StepKinds } from './step-kind.js';

/** Happens where a budget is shared. */
function among(how: (shared: SharedBudget, a: number, b: number) => boolean): StepKind {
  return ({ shared }, a, b) => shared !== undefined && how(shared, a, b);
}

export const sharings: StepKinds = {
  'the other pool lends': [
    5,
    among(({ neighbour }) => {
      neighbour?.ask();
      return true;
    }),
  ],
  'the other pool gets back': [
    9,
    among(({ neighbour }, a, b) => {
      const lease = choose(neighbour?.held ?? [], a);
      if (lease !== undefined) neighbour?.end(lease, b < 0.8 ? 'release' : 'destroy');
      return lease !== undefined;
    }),
  ],
  'other code reserves': [
    2,
    among((shared, a) => {
      if (shared.permits.length + shared.requests.size >= 3) return false;
      shared.reserve(a < 0.5);
      return true;
    }),
  ],
  'other code gives back': [
    3,
    among(({ permits }, a) => {
      const permit = choose(permits, a);
      if (permit === undefined) return false;
      permits.splice(permits.indexOf(permit), 1);
      permit.release();
      if (a < 0.3) permit.release();
      return true;
    }),
  ],
  'other code asks no longer': [
    1,
    among(({ requests }, a) => {
      const request = choose([...requests], a);
      request?.unsubscribe();
      return request !== undefined;
    }),
  ],
};
