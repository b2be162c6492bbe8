import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runSuite, type Run } from './suite.js';
import { judge } from './verdict.js';

/** Each of these starts a vitest of its own. */
const PATIENCE = 60_000;

const CONFIG = `export default { test: { projects: [{ test: { name: 'unit', include: ['spec/**/*.spec.ts'] } }] } };`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxpool-suite-'));
  mkdirSync(join(folder, 'spec'));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.ts'), CONFIG);
  writeSpec('good', `it('holds', () => expect(1).toBe(1));`);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeSpec(name: string, text: string): void {
  writeFileSync(join(folder, 'spec', `${name}.spec.ts`), `import { expect, it } from 'vitest';\n${text}\n`);
}

async function judgeRun(overrides: Partial<Run> = {}): Promise<unknown> {
  return judge(
    await runSuite(folder, { project: 'unit', specs: [], limit: PATIENCE, bail: true, workers: 1, ...overrides }),
  );
}

it(
  'names the spec and the test that failed, and runs the specs that it is told only',
  { timeout: PATIENCE },
  async () => {
    writeSpec('bad', `it('does not hold', () => expect(1).toBe(2));`);
    expect(await judgeRun()).toMatchObject({ type: 'caught', test: 'does not hold' });
    expect(await judgeRun({ specs: ['spec/good.spec.ts'] })).toEqual({ type: 'missed' });
  },
);

it('does not take a spec that cannot be loaded for one that failed', { timeout: PATIENCE }, async () => {
  writeSpec('broken', `it('never runs', () => expect(`);
  expect(await judgeRun()).toMatchObject({ type: 'unclear' });
});

it('does not take an error outside the tests for one that failed', { timeout: PATIENCE }, async () => {
  writeSpec('astray', `it('holds', () => void Promise.reject(new Error('unheard')));`);
  expect(await judgeRun()).toEqual({ type: 'unclear', why: 'no test failed, exit code 1' });
});

it('ends a run that does not end by itself', { timeout: PATIENCE }, async () => {
  writeSpec('endless', `it('goes on', () => { for (;;); });`);
  expect(await judgeRun({ limit: 2_000 })).toEqual({ type: 'late', limit: 2_000 });
});
