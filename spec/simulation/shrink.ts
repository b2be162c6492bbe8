import { run } from './run.js';
import type { Scenario } from './scenario.js';

/**
 * Leaves out steps for as long as the run still breaks the same rule: first half of them at a time, then ever smaller parts, down to
 * single ones (delta debugging, after Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
 *
 * @param found the rule that is broken
 * @returns the numbers of the steps that are needed
 */
export async function shrink(scenario: Scenario, found: string, progress?: (left: number) => void): Promise<number[]> {
  const breaks = async (kept: readonly number[]): Promise<boolean> =>
    (await run(keep(scenario, kept))).breach?.rule === found;
  let kept = scenario.steps.map((_, i) => i);
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length;) {
      const fewer = kept.filter((_, i) => i < at || i >= at + size);
      if (await breaks(fewer)) kept = fewer;
      else at += size;
      progress?.(kept.length);
    }
  }
  return kept;
}

/** The same run with some of its steps only. */
export function keep(scenario: Scenario, kept: readonly number[]): Scenario {
  return { ...scenario, steps: kept.flatMap((i) => scenario.steps[i] ?? []) };
}
