import { Random } from '../pool/random.js';
import { drawSettings, type Settings } from './settings.js';
import { drawMany, withMany } from './settings-many.js';
import { calmKinds, plainKinds, stepKinds } from './step-kinds.js';

/** One thing that happens in a run. */
export interface Step {
  readonly kind: string;
  /** Choices, from 0 to below 1: they mean something whatever the state is, so that steps can be left out. */
  readonly a: number;
  readonly b: number;
  /** Whether everything that is about to happen does so before the next step. */
  readonly rests: boolean;
}

/** A whole run, as plain data. */
export interface Scenario {
  readonly seed: number;
  readonly settings: Settings;
  readonly steps: readonly Step[];
}

/** Drawn from numbers of their own, so that a world without them is as it was before there were any. */
const MANY = 0x2545f491;

/**
 * The run of a seed: the same seed and length give the same run.
 *
 * @param isPlain one endpoint or a few that are always there, no keys and no limits, as it was before there were any
 */
export function drawScenario(seed: number, length: number, isPlain = false): Scenario {
  const random = new Random(seed);
  const plain = drawSettings(random);
  const many = isPlain ? undefined : drawMany(new Random(seed ^ MANY));
  const settings = withMany(plain, many);
  const kinds = [...(many === undefined ? plainKinds : many.isCalm ? calmKinds : stepKinds)];
  const totalWeight = kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  const drawKind = (): string => {
    let left = random.next() * totalWeight;
    for (const [name, { weight }] of kinds) {
      left -= weight;
      if (left < 0) return name;
    }
    return 'borrow';
  };
  const steps = Array.from({ length }, (): Step => {
    return { kind: drawKind(), a: random.next(), b: random.next(), rests: random.next() < 0.7 };
  });
  return { seed, settings, steps };
}
