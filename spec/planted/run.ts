import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bug } from './bug.js';
import { BUGS } from './bugs.js';
import { Examiner, projectOf, projectsOf, SUITE_LIMIT, type Finding } from './examiner.js';
import { readOptions, USAGE, type Options } from './options.js';
import { plant } from './plant.js';
import { RULES } from './rules.js';
import { isCaught, table, tell } from './tell.js';
import { TypeChecker } from './type-checker.js';
import { WorkingCopy } from './working-copy.js';

/**
 * Shows that the suite can fail: plants one small bug after the other in a copy of the repository and names the test that catches it.
 * Exit code 1 if one is not caught.
 */
async function main({ only, list, jobs }: Options): Promise<boolean> {
  const bugs = only.length === 0 ? BUGS : BUGS.filter(({ name }) => only.includes(name));
  if (list) {
    for (const { name, breaks, rule } of bugs) console.log(`${name}\n  ${breaks}\n  against "${rule}": ${RULES[rule]}`);
    return true;
  }
  const root = fileURLToPath(new URL('../..', import.meta.url));
  checkAll(root, bugs);
  const workers = Math.max(1, Math.floor(availableParallelism() / jobs));
  const copies = Array.from({ length: Math.min(jobs, bugs.length) }, () => new WorkingCopy(root));
  const proven = [...new Set(bugs.flatMap(({ hints }) => hints))];
  say(`${bugs.length} bugs, ${copies.length} at a time; first the ${proven.length} specs without any`);
  await checkGreen(copies, proven, workers);
  const findings = await examineAll(
    bugs,
    copies.map((copy) => new Examiner(copy, new Set(proven), workers)),
  );
  console.log(`\n${table(findings)}`);
  return findings.every(isCaught);
}

/** Throws when the source has moved on, or a bug would not compile. */
function checkAll(root: string, bugs: readonly Bug[]): void {
  const checker = new TypeChecker(root);
  const complaints = bugs.flatMap((bug) => {
    const path = join(root, bug.file);
    try {
      const complaint = checker.complaint(path, plant(bug, readFileSync(path, 'utf8')));
      return complaint === undefined ? [] : [`${bug.name}: does not compile: ${complaint}`];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** Throws when a spec fails without any bug: what it says with one would mean nothing. */
async function checkGreen(copies: readonly WorkingCopy[], specs: readonly string[], workers: number): Promise<void> {
  await Promise.all(
    projectsOf(specs).map(async (project, index) => {
      const copy = copies[index % copies.length]!;
      const own = specs.filter((spec) => projectOf(spec) === project);
      const verdict = await copy.run({ project, specs: own, limit: SUITE_LIMIT, bail: false, workers });
      if (verdict.type !== 'missed')
        throw new Error(`the ${project} specs do not pass without a bug: ${JSON.stringify(verdict)}`);
    }),
  );
}

/** Each examiner takes the next bug when it is done with one. */
async function examineAll(bugs: readonly Bug[], examiners: readonly Examiner[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const waiting = bugs.entries();
  await Promise.all(
    examiners.map(async (examiner) => {
      for (const [index, bug] of waiting) {
        const finding = await examiner.examine(bug);
        findings[index] = finding;
        const count = findings.filter(() => true).length;
        say(`[${count}/${bugs.length}] ${bug.name} … caught by ${tell(finding)}`);
      }
    }),
  );
  return findings;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  const isGood = await main(
    readOptions(
      process.argv.slice(2),
      BUGS.map(({ name }) => name),
    ),
  );
  process.exit(isGood ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exit(1);
}
