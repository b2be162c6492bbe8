/**
 * Tries the packed package inside other programs: each folder here that has a `package.json` is one.
 *
 *   npm run test:integrations [-- --only nest12]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const all = readdirSync(here).filter((name) => existsSync(join(here, name, 'package.json')));
const folders = chosen();
const packed = mkdtempSync(join(tmpdir(), 'rxpool-packed-'));
const children = new Set<ReturnType<typeof spawn>>();

function chosen(): readonly string[] {
  try {
    const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
    if (only === undefined) return all;
    if (all.includes(only)) return [only];
    console.error(`--only must be one of ${all.join(', ')}, got "${only}"`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  process.exit(2);
}

// Each command leads a group of its own, so that what it has started ends with it.
process.once('exit', () => {
  for (const { pid } of children) if (pid !== undefined) kill(pid);
  rmSync(packed, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Whether the command has succeeded. What it prints is shown as it comes. */
function run(cwd: string, command: string, ...args: string[]): Promise<boolean> {
  console.log(`\n> ${[command, ...args].join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    children.add(child);
    child.once('error', reject);
    child.once('exit', (code) => {
      children.delete(child);
      resolve(code === 0);
    });
  });
}

async function tryIn(folder: string, tarball: string): Promise<boolean> {
  const cwd = join(here, folder);
  const install = ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', tarball];
  return (await run(cwd, 'npm', ...install)) && (await run(cwd, 'npm', 'test'));
}

const isPacked =
  (await run(root, 'npm', 'run', 'build')) &&
  (await run(root, 'npm', 'pack', '--ignore-scripts', '--pack-destination', packed));
if (!isPacked) process.exit(1);
const [tarball] = readdirSync(packed);

const outcomes: string[] = [];
let failures = 0;
for (const [i, folder] of folders.entries()) {
  console.log(`\n${folder} (${i + 1} of ${folders.length})`);
  const start = Date.now();
  const isGood = await tryIn(folder, join(packed, tarball!));
  if (!isGood) failures++;
  outcomes.push(`${isGood ? 'passed' : 'FAILED'}  ${folder}  ${Math.round((Date.now() - start) / 1_000)} s`);
}
console.log(`\n${outcomes.join('\n')}\n${folders.length - failures} of ${folders.length} passed`);
process.exit(failures === 0 ? 0 : 1);
