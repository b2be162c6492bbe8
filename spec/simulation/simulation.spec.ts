import { describe, expect, it } from 'vitest';
import { Random } from '../pool/random.js';
import { regressions } from './regressions.js';
import { run } from './run.js';
import { drawScenario } from './scenario.js';
import { drawSettings, type Settings } from './settings.js';
import { keep, shrink } from './shrink.js';
import { readRanges, sayRanges } from './step-ranges.js';

const STEPS = 300;
const FIRST = 1_000_000;
const SEEDS = 10;
const BATCHES = Array.from({ length: 9 }, (_, i) => FIRST + SEEDS * i);

/** The settings that a seed had before there were worlds with many endpoints. */
function drawPlain(seed: number): Settings {
  return drawSettings(new Random(seed));
}

/** Runs one seed. A breach is shrunk, and told together with the command that shows it again. */
async function expectKept(seed: number, steps: number, isPlain = false): Promise<void> {
  const scenario = drawScenario(seed, steps, isPlain);
  const { breach } = await run(scenario);
  if (breach === undefined) return;
  const kept = await shrink(scenario, breach.rule);
  throw new Error(
    `${breach.message}\nnpm run soak --${isPlain ? ' --plain' : ''} --seed ${seed} --steps ${steps} --keep ${sayRanges(kept)}`,
    {
      cause: breach,
    },
  );
}

describe('a pool in a simulated network', { timeout: 120_000 }, () => {
  it.each(BATCHES)('keeps every rule, whatever happens (ten seeds from %i)', async (first) => {
    for (let seed = first; seed < first + SEEDS; seed++) await expectKept(seed, STEPS);
  });

  it.each(regressions)('keeps every rule with seed $seed, where $was', async ({ seed, steps, isPlain }) => {
    await expectKept(seed, steps, isPlain);
  });

  it('runs a seed the same way each time', async () => {
    const tallies = [];
    for (let i = 0; i < 2; i++) tallies.push([...(await run(drawScenario(7, STEPS))).tally]);
    expect(tallies[0]).toEqual(tallies[1]);
    expect([...(await run(drawScenario(8, STEPS))).tally]).not.toEqual(tallies[0]);
  });

  it('has a world with many endpoints or many clients besides about every other plain one', () => {
    const isMany = (seed: number): boolean => drawScenario(seed, 1).settings.many !== undefined;
    const many = Array.from({ length: 100 }, (_, seed) => seed).filter(isMany);
    expect(many.length).toBeGreaterThan(30);
    expect(many.length).toBeLessThan(70);
    for (const seed of many) expect(drawScenario(seed, 1, true).settings).toEqual(drawPlain(seed));
  });

  it('leaves out what a breach does not need', async () => {
    const scenario = drawScenario(7, 40);
    const broken = scenario.steps.map((step, i) => (i === 23 ? { ...step, kind: 'there is no such step' } : step));
    const kept = await shrink({ ...scenario, steps: broken }, 'nothing throws');
    expect(kept).toEqual([23]);
    expect((await run(keep({ ...scenario, steps: broken }, kept))).breach?.rule).toBe('nothing throws');
  });

  it('says and reads which steps are needed', () => {
    expect(sayRanges([1, 4, 5, 6, 9])).toBe('1,4-6,9');
    expect(readRanges('1,4-6,9')).toEqual([1, 4, 5, 6, 9]);
    expect(() => readRanges('1,x')).toThrow('--keep must be numbers and ranges such as 1,4-6, got "x"');
  });
});
