import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUGS } from './bugs.js';

it('has a name of its own for each bug', () => {
  const names = BUGS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

it.each(BUGS)('$name is expected to be caught by specs that exist', ({ hints }) => {
  expect(hints).not.toHaveLength(0);
  for (const hint of hints) expect(existsSync(new URL(`../../${hint}`, import.meta.url))).toBe(true);
});
