import { expect, it } from 'vitest';
import { judge, type Report } from './verdict.js';

type Spec = Report['testResults'][number];

function spec(name: string, statuses: readonly string[], overrides: Partial<Spec> = {}): Spec {
  const assertionResults = statuses.map((status, index) => ({ fullName: `test ${index}`, status }));
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return { name, status, message: '', assertionResults, ...overrides };
}

const unloaded = spec('b.spec.ts', [], { status: 'failed', message: 'Unexpected token' });

it('names the first test that failed', () => {
  const report = { testResults: [spec('a.spec.ts', ['passed']), spec('b.spec.ts', ['passed', 'failed', 'skipped'])] };
  expect(judge({ code: 1, report })).toEqual({ type: 'caught', spec: 'b.spec.ts', test: 'test 1' });
});

it('says so when every test passed', () => {
  expect(judge({ code: 0, report: { testResults: [spec('a.spec.ts', ['passed'])] } })).toEqual({ type: 'missed' });
});

it('says so when the run had to be ended', () => {
  expect(judge({ endedAfter: 30_000 })).toEqual({ type: 'late', limit: 30_000 });
});

it('does not count a file that does not load, even where a test fails besides', () => {
  const verdict = { type: 'unclear', why: 'b.spec.ts did not run: Unexpected token' };
  expect(judge({ code: 1, report: { testResults: [unloaded] } })).toEqual(verdict);
  expect(judge({ code: 1, report: { testResults: [spec('a.spec.ts', ['failed']), unloaded] } })).toEqual(verdict);
});

it('does not count a failure outside the tests', () => {
  const report = { testResults: [spec('a.spec.ts', ['passed'])] };
  expect(judge({ code: 1, report })).toEqual({ type: 'unclear', why: 'no test failed, exit code 1' });
});

it('does not count a run without a report or without tests', () => {
  expect(judge({ code: 1, report: undefined })).toEqual({ type: 'unclear', why: 'no report, exit code 1' });
  expect(judge({ code: 0, report: { testResults: [] } })).toEqual({ type: 'unclear', why: 'no test ran' });
});
