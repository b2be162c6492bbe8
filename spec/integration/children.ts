import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Longer than any child has a reason to run, shorter than the time a pool keeps an idle connection. */
const LONGEST_LIFE = 15_000;

export interface Ended {
  /** `null` when it had to be killed: something kept it alive. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of `children/` in a process of its own until that ends by itself. */
export async function runChild(script: string, ...args: string[]): Promise<Ended> {
  const path = fileURLToPath(new URL(`./children/${script}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // What the test runner asks of its own processes is not asked of this one.
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: LONGEST_LIFE,
    killSignal: 'SIGKILL',
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}
