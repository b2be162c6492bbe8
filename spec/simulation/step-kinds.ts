import { asks } from './steps-asking.js';
import { endings } from './steps-ending.js';
import { faults } from './steps-faults.js';
import { passings } from './steps-time.js';
import { touches } from './steps-touching.js';
import type { StepKind } from './step-kind.js';

/** What may happen, and how likely it is against the others. */
export const stepKinds: ReadonlyMap<string, { readonly weight: number; readonly run: StepKind }> = new Map(
  [asks, endings, touches, faults, passings].flatMap((kinds) =>
    Object.entries(kinds).map(([name, [weight, run]]) => [name, { weight, run }] as const),
  ),
);
