import type { World } from './world.js';

/** One thing that may happen. False when there was nothing that it could happen to; `a` and `b`, from 0 to below 1, are its choices. */
export type StepKind = (world: World, a: number, b: number) => boolean | Promise<boolean>;

/** Things that may happen, by name, and how likely each is against the others. */
export type StepKinds = Readonly<Record<string, readonly [weight: number, run: StepKind]>>;
