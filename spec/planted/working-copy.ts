import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Bug } from './bug.js';
import { plant } from './plant.js';
import { runSuite, type Run } from './suite.js';
import { judge, type Verdict } from './verdict.js';

/** What the unit and integration suites need. */
const TAKEN = ['src', 'spec', 'docs', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'README.md'];

/** What is in there and must not be copied: this command itself, and specs that say nothing about how the source behaves. */
const LEFT_OUT = ['spec/package', 'spec/planted', 'spec/types'];

/** A copy of the repository to plant bugs in, gone when the process ends. */
export class WorkingCopy {
  readonly folder: string = mkdtempSync(join(realpathSync(tmpdir()), 'rxpool-planted-'));
  private undo: (() => void) | undefined;

  constructor(root: string) {
    process.once('exit', () => rmSync(this.folder, { recursive: true, force: true }));
    const filter = (path: string): boolean => !LEFT_OUT.includes(relative(root, path));
    for (const name of TAKEN) cpSync(join(root, name), join(this.folder, name), { recursive: true, filter });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Plants a bug instead of the one planted before. */
  plant(bug: Bug): void {
    this.restore();
    const path = join(this.folder, bug.file);
    const before = readFileSync(path, 'utf8');
    this.undo = () => writeFileSync(path, before);
    writeFileSync(path, plant(bug, before));
  }

  restore(): void {
    this.undo?.();
    this.undo = undefined;
  }

  /** Runs specs against what is planted. */
  async run(run: Run): Promise<Verdict> {
    const verdict = judge(await runSuite(this.folder, run));
    return verdict.type === 'caught' ? { ...verdict, spec: relative(this.folder, verdict.spec) } : verdict;
  }
}
