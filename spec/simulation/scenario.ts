import { Random } from '../pool/random.js';
import { drawSettings, type Settings } from './settings.js';
import { stepKinds } from './step-kinds.js';

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

const kinds = [...stepKinds];
const totalWeight = kinds.reduce((sum, [, { weight }]) => sum + weight, 0);

/** The run of a seed: the same seed and length give the same run. */
export function drawScenario(seed: number, length: number): Scenario {
  const random = new Random(seed);
  const settings = drawSettings(random);
  const steps = Array.from({ length }, (): Step => {
    return { kind: drawKind(random), a: random.next(), b: random.next(), rests: random.next() < 0.7 };
  });
  return { seed, settings, steps };
}

function drawKind(random: Random): string {
  let left = random.next() * totalWeight;
  for (const [name, { weight }] of kinds) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'borrow';
}
