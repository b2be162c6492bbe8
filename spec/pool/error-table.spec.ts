import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { RxpoolError } from '../../src/index.js';

const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'));

/** Name and code of each error class that the package exports, but of the base of all. */
async function exported(): Promise<string[]> {
  const modules = entries.map(async (entry) => {
    const file = join(import.meta.dirname, '../../src', entry, 'index.ts');
    const exports = (await import(file)) as Record<string, unknown>;
    return Object.values(exports).filter(isErrorClass);
  });
  // One that several entries export is one class.
  const classes = new Set((await Promise.all(modules)).flat());
  return [...classes].map(({ name, code }) => `${name} ${code}`);
}

/** Name and code in each line of the table. */
function documented(): string[] {
  const page = readFileSync('docs/borrowing.md', 'utf8');
  return [...page.matchAll(/^\| `(\w+Error)` +\| `(\w+)` +\|/gm)].map(([, name, code]) => `${name} ${code}`);
}

it('the table of errors has every error class there is, with its code, and no other', async () => {
  expect(documented().sort()).toEqual((await exported()).sort());
});

function isErrorClass(value: unknown): value is typeof RxpoolError {
  return typeof value === 'function' && value.prototype instanceof Error && value !== RxpoolError;
}
