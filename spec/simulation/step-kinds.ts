import { asks } from './steps-asking.js';
import { namings } from './steps-naming.js';
import { judgings } from './steps-judging.js';
import { keyed } from './steps-keyed.js';
import { endings } from './steps-ending.js';
import { faults } from './steps-faults.js';
import { managements } from './steps-managing.js';
import { passings } from './steps-time.js';
import { sharings } from './steps-sharing.js';
import { touches } from './steps-touching.js';
import type { StepKind, StepKinds } from './step-kind.js';

type Kinds = ReadonlyMap<string, { readonly weight: number; readonly run: StepKind }>;

const many = [keyed, judgings, namings];
const plain = [asks, endings, touches, faults, passings, managements, sharings];

/** What may happen anywhere, and how likely it is against the others. */
export const plainKinds: Kinds = kindsOf(plain);

/** With what may happen besides to many endpoints and many clients. */
export const stepKinds: Kinds = kindsOf([...plain, ...many]);

/** The same where little goes wrong by itself. */
export const calmKinds: Kinds = kindsOf([asks, endings, passings, managements, sharings, ...many]);

function kindsOf(all: readonly StepKinds[]): Kinds {
  return new Map(
    all.flatMap((kinds) => Object.entries(kinds).map(([name, [weight, run]]) => [name, { weight, run }] as const)),
  );
}
