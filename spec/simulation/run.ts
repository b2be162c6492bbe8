import { config } from 'rxjs';
import { describeError } from '../../src/endpoint/describe-error.js';
import { Breach, toBreach } from './breach.js';
import { finish } from './finish.js';
import { IntendedError } from './intended-error.js';
import { checkRules } from './rules.js';
import type { Scenario } from './scenario.js';
import { stepKinds } from './step-kinds.js';
import { Tally } from './tally.js';
import { World } from './world.js';

/** How a run went. */
export interface Outcome {
  readonly breach: Breach | undefined;
  /** The step after which it was found; the number of steps when that was at the end. */
  readonly at: number;
  readonly tally: Tally;
}

/** Every promise reaction that is due has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Runs a scenario, checking every rule after every step, until one is broken.
 *
 * @param tell hears of each step and of each event of the pool
 */
export async function run({ seed, settings, steps }: Scenario, tell?: (line: string) => void): Promise<Outcome> {
  const unhandled: unknown[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error: unknown) => {
    if (!(error instanceof IntendedError)) unhandled.push(error);
  };
  const world = new World(settings, seed);
  if (tell !== undefined)
    world.pool.events$.subscribe(({ at, type, ...rest }) => tell(`  ${at} ${type} ${show(rest)}`));
  let at = 0;
  let breach: Breach | undefined;
  try {
    for (const step of steps) {
      const kind = stepKinds.get(step.kind);
      if (kind === undefined) throw new Error(`there is no step ${step.kind}`);
      tell?.(`${at} ${world.clock.now()} ${step.kind}`);
      const hasHappened = await kind.run(world, step.a, step.b);
      if (hasHappened) world.tally.add(`step ${step.kind}`);
      if (step.rests) await world.clock.advanceAsync(0);
      else await settled();
      world.breaches.check();
      checkRules(world, step.rests);
      at++;
    }
    await finish(world);
    world.breaches.check();
  } catch (thrown) {
    breach = world.breaches.first ?? toBreach(thrown);
  }
  // RxJS reports an error that nobody has handled after as long a timeout.
  await new Promise((resolve) => setTimeout(resolve));
  config.onUnhandledError = before;
  if (unhandled.length > 0) breach ??= new Breach('every error is handled', String(unhandled[0]));
  for (const [type, count] of world.ledger.seen) world.tally.add(`event ${type}`, count);
  for (const [reason, count] of world.ledger.reasons) world.tally.add(`closed for ${reason}`, count);
  return { breach, at, tally: world.tally };
}

function show(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${describeError(value)}`)
    .join(', ');
}
