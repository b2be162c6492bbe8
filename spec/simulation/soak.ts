import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { run } from './run.js';
import { drawScenario, type Scenario } from './scenario.js';
import { keep, shrink } from './shrink.js';
import { minutes, SoakProgress } from './soak-progress.js';
import type { Batch, BatchResult } from './soak-worker.js';
import { readRanges, sayRanges } from './step-ranges.js';
import { Tally } from './tally.js';

const HELP = `npm run soak -- [options]
  --seeds <n>    how many seeds to run (1000)
  --from <n>     the first of them (1)
  --steps <n>    steps in each run (500)
  --jobs <n>     processes (one for each core)
  --plain        only what there was before many endpoints and many clients
  --seed <n>     runs this one only, and tells what happens
  --keep <list>  with --seed: these steps only, for example 1,4-6
`;

/** What each run of a soak is. */
type Kind = Pick<Batch, 'steps' | 'isPlain'>;

/** Seeds that a worker runs at a time. */
const BATCH = 20;

/** A seed that has taken so long will never end, in ms: most take less than a second. */
const ENDLESS = 120_000;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      steps: { type: 'string', default: '500' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      keep: { type: 'string' },
      plain: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const steps = count('steps', values.steps);
  if (values.seed !== undefined)
    return replay(drawScenario(count('seed', values.seed), steps, values.plain), values.keep);
  if (values.keep !== undefined) throw new TypeError('--keep goes with --seed');
  return soak(
    count('from', values.from),
    count('seeds', values.seeds),
    { steps, isPlain: values.plain },
    count('jobs', values.jobs),
  );
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--${option} must be an integer from 1, got ${JSON.stringify(text)}\n${HELP}`);
}

/** Runs one seed in this process and tells each step. */
async function replay(whole: Scenario, kept: string | undefined): Promise<number> {
  const scenario = kept === undefined ? whole : keep(whole, readRanges(kept));
  console.log(scenario.settings);
  const { breach, at } = await run(scenario, (line) => console.log(line));
  console.log(breach === undefined ? 'no rule is broken' : `after step ${at}: ${breach.stack ?? breach.message}`);
  return breach === undefined ? 0 : 1;
}

async function soak(from: number, seeds: number, kind: Kind, jobs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rxpool-soak-'));
  const tally = new Tally();
  const breaches: BatchResult['breaches'][number][] = [];
  const progress = new SoakProgress(seeds, kind.steps);
  let next = from;
  try {
    const worker = await bundle(folder);
    const batch = (): Batch | undefined => {
      const first = next;
      next = Math.min(from + seeds, next + BATCH);
      return first === next ? undefined : { from: first, count: next - first, ...kind };
    };
    const collect = (result: BatchResult): void => {
      tally.merge(result.tally);
      breaches.push(...result.breaches);
      progress.advance(result.seeds, result.breaches.length);
    };
    await Promise.all(Array.from({ length: jobs }, () => runWorker(worker, batch, collect)));
  } finally {
    // After the failure of one worker the others stop as well.
    next = from + seeds;
    rmSync(folder, { recursive: true });
  }
  for (const [what, times] of tally) console.log(`${String(times).padStart(12)}  ${what}`);
  console.log(`${seeds} seeds of ${kind.steps} steps in ${minutes(progress.spent)}, ${breaches.length} in breach`);
  await tellBreaches(breaches, kind);
  return breaches.length === 0 ? 0 : 1;
}

/** One file, since a loader would cost more than the simulation. */
async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, 'soak-worker.mjs');
  const entry = fileURLToPath(new URL('soak-worker.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

/** A process that asks for batch after batch, until there is none. */
async function runWorker(
  file: string,
  next: () => Batch | undefined,
  done: (result: BatchResult) => void,
): Promise<void> {
  const worker = fork(file);
  const exited = once(worker, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let seed = 0;
  const watchdog = setTimeout(() => worker.kill('SIGKILL'), ENDLESS);
  worker.on('message', (told: number | BatchResult) => {
    watchdog.refresh();
    if (typeof told === 'number') seed = told;
    else {
      done(told);
      give();
    }
  });
  function give(): void {
    const batch = next();
    if (batch === undefined) worker.disconnect();
    else worker.send(batch);
  }
  give();
  const [code, signal] = await exited;
  clearTimeout(watchdog);
  if (signal === 'SIGKILL')
    throw new Error(`seed ${seed} does not end; npm run soak -- --seed ${seed} tells its steps`);
  if (code !== 0) throw new Error(`a worker has ended with ${String(code ?? signal)} at seed ${seed}`);
}

/** Shrinks the first seed that breaks each rule, and says how to see it again. */
async function tellBreaches(breaches: BatchResult['breaches'], { steps, isPlain }: Kind): Promise<void> {
  const rules = new Map(breaches.map((one) => [one.rule, breaches.filter(({ rule }) => rule === one.rule)]));
  for (const [rule, all] of rules) {
    const [first] = all;
    if (first === undefined) continue;
    console.log(
      `\n${rule}: ${all.length} seeds, such as ${all
        .slice(0, 5)
        .map(({ seed }) => seed)
        .join(', ')}\n${first.message}`,
    );
    const kept = await shrink(drawScenario(first.seed, steps, isPlain), rule, (left) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kshrinking, ${left} steps left`);
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    console.log(
      `npm run soak --${isPlain ? ' --plain' : ''} --seed ${first.seed} --steps ${steps} --keep ${sayRanges(kept)}`,
    );
  }
}
