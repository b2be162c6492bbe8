import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ending, Report } from './verdict.js';

export type Project = 'unit' | 'integration';

export interface Run {
  readonly project: Project;
  /** Which specs; all of the project when empty. */
  readonly specs: readonly string[];
  /** Ends the run after so many ms. */
  readonly limit: number;
  /** Ends the run at the first test that fails. */
  readonly bail: boolean;
  readonly workers: number;
}

const running = new Set<ChildProcess>();

// The runs are groups of their own, since vitest has processes of its own: a Ctrl-C does not reach them by itself.
process.once('exit', () => {
  for (const child of running) kill(child);
});

/** Runs specs in a folder that holds the repository. */
export async function runSuite(folder: string, { project, specs, limit, bail, workers }: Run): Promise<Ending> {
  const reportPath = join(folder, `report-${project}.json`);
  rmSync(reportPath, { force: true });
  const child = spawn(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--typecheck.enabled=false', '--no-cache'],
      // The other loader writes into `node_modules`, which is the repository's.
      ...['--configLoader=runner', `--bail=${bail ? 1 : 0}`, `--maxWorkers=${workers}`],
      ...['--reporter=json', `--outputFile=${reportPath}`, ...specs],
    ],
    { cwd: folder, detached: true, stdio: 'ignore' },
  );
  running.add(child);
  let isTooLong = false;
  const timer = setTimeout(() => {
    isTooLong = true;
    kill(child);
  }, limit);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  running.delete(child);
  // A process of vitest's that a bug keeps busy outlives it.
  kill(child);
  return isTooLong ? { endedAfter: limit } : { code, report: readReport(reportPath) };
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
