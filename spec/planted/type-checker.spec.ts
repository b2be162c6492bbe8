import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TypeChecker } from './type-checker.js';

/** The compiler reads its libraries first. */
const PATIENCE = 60_000;

it('lets pass what compiles, and tells what does not', { timeout: PATIENCE }, () => {
  const checker = new TypeChecker(fileURLToPath(new URL('../..', import.meta.url)));
  const file = fileURLToPath(new URL('../../src/endpoint/is-retryable.ts', import.meta.url));
  const text = readFileSync(file, 'utf8');
  expect(checker.complaint(file, `${text}\nconst unused = 1;\n`)).toBeUndefined();
  expect(checker.complaint(file, `${text}\nnobody();\n`)).toBe("Cannot find name 'nobody'.");
  expect(checker.complaint(file, `${text}\nconst = 1;\n`)).toContain('expected');
  expect(checker.complaint(file, text)).toBeUndefined();
});
