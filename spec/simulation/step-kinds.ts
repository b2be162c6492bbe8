import { asks } from './steps-asking.js';
import { endings } from './steps-ending.js';
import { faults } from './steps-faults.js';
import { managements } from './steps-managing.js';
import { passings } from './steps-time.js';
import { sharings } from './steps-sharing.js';
import { touches } from './steps-touching.js';
import type { StepKind } from './step-kind.js';

/** What may happen, and how likely it is against the others. */
export const stepKinds: ReadonlyMap<string, { readonly weight: number; readonly run: StepKind }> = new Map(
  [asks, endings, touches, faults, passings, managements, sharings].flatMap((kinds) =>
    Object.entries(kinds).map(([name, [weight, run]]) => [name, { weight, run }] as const),
  ),
);
