import { run } from './run.js';
import { drawScenario } from './scenario.js';
import { Tally } from './tally.js';

/** What a worker is asked to do. */
export interface Batch {
  readonly from: number;
  readonly count: number;
  readonly steps: number;
  readonly isPlain: boolean;
}

/** What a worker answers, behind the number of each seed when it begins. */
export interface BatchResult {
  readonly seeds: number;
  /** The seeds that broke a rule, and which. */
  readonly breaches: readonly { readonly seed: number; readonly rule: string; readonly message: string }[];
  readonly tally: readonly (readonly [string, number])[];
}

// A rejection that nobody handles ends a process of Node; here it is a breach of the seed that is running.
const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
process.on('message', (batch: Batch) => {
  void work(batch).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());

async function work({ from, count, steps, isPlain }: Batch): Promise<BatchResult> {
  const tally = new Tally();
  const breaches: { seed: number; rule: string; message: string }[] = [];
  for (let seed = from; seed < from + count; seed++) {
    process.send?.(seed);
    const outcome = await run(drawScenario(seed, steps, isPlain));
    tally.merge(outcome.tally);
    const { breach } = outcome;
    if (breach !== undefined) breaches.push({ seed, rule: breach.rule, message: breach.message });
    else if (unhandled.length > 0)
      breaches.push({ seed, rule: 'every rejection is handled', message: String(unhandled[0]) });
    unhandled.length = 0;
  }
  return { seeds: count, breaches, tally: [...tally] };
}
