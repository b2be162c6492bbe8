import { execFileSync, fork } from 'node:child_process';
import { rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { CaseMessage } from './one-case.js';
import { plan, type Planned } from './plan.js';
import { Progress } from './progress.js';
import { toPage, toTerminal, writePage, type Section } from './report.js';
import type { Row } from './rows.js';

const HELP = `npm run bench -- [options]
  --only <case>    one case; may be given again: ${plan.map(({ name }) => name).join(', ')}
  --quick          fewer rounds: to see that it runs, not to quote
  --strict         exit with 1 when a target is missed
  --write          put the tables into docs/benchmarks.md
  --profile <dir>  write a CPU profile of each case's process to dir
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

async function main(): Promise<void> {
  const unknown = options.only.filter((name) => plan.every((planned) => planned.name !== name));
  if (unknown.length > 0) throw new RangeError(`no case ${unknown.join(', ')}\n${HELP}`);
  if (options.write && (options.quick || options.only.length > 0)) throw new RangeError('--write needs the whole run');
  const chosen = plan.filter(({ name }) => options.only.length === 0 || options.only.includes(name));

  const built = build();
  const progress = new Progress(chosen, options.quick);
  const sections: Section[] = [];
  for (const planned of chosen) {
    progress.begin(planned);
    const rows = await runCase(planned, built, (share) => {
      progress.advance(share);
    });
    progress.end();
    sections.push({ title: planned.title, rows });
    process.stdout.write(toTerminal(sections.slice(-1)));
  }
  const missed = sections.flatMap(({ rows }) => rows).filter(({ verdict }) => verdict === 'MISSED').length;
  process.stdout.write(`\n${String(missed)} missed, ${progress.spent()}\n`);
  if (options.write) await writePage(toPage(sections));
  if (options.strict && missed > 0) process.exitCode = 1;
}

/**
 * Compiles `src` as `npm run build` does, but to a folder that nothing else writes to: what is measured is never stale, and is the same from
 * the first case to the last.
 */
function build(): string {
  const folder = new URL('../../node_modules/.cache/rxpool-bench/', import.meta.url);
  const path = fileURLToPath(folder);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(new URL('package.json', folder), '{ "type": "module", "sideEffects": false }');
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  execFileSync(process.execPath, [tsc, '-p', fileURLToPath(new URL('../../src', import.meta.url)), '--outDir', path], {
    stdio: 'inherit',
  });
  return folder.href.replace(/\/$/, '');
}

/** Each case has a process of its own: what one has made of heap and code is not there for the next. */
function runCase({ name }: Planned, built: string, progress: (share: number) => void): Promise<Row[]> {
  const profile = options.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', options.profile];
  const child = fork(
    fileURLToPath(new URL('one-case.ts', import.meta.url)),
    [name, ...(options.quick ? ['--quick'] : [])],
    {
      execArgv: ['--expose-gc', '--import', 'tsx', ...profile],
      env: { ...process.env, RXPOOL_BENCH_BUILD: built },
    },
  );
  return new Promise((resolve, reject) => {
    let rows: Row[] | undefined;
    child.on('message', (message) => {
      const told = message as CaseMessage;
      if ('rows' in told) rows = told.rows;
      else progress(told.share);
    });
    child.on('exit', (code) => {
      if (code === 0 && rows !== undefined) resolve(rows);
      else reject(new Error(`${name} ended with ${String(code)}`));
    });
  });
}
