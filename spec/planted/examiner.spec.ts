import { expect, it } from 'vitest';
import type { Bug } from './bug.js';
import { Examiner, type Finding } from './examiner.js';
import type { Run } from './suite.js';
import type { Verdict } from './verdict.js';

const MISSED: Verdict = { type: 'missed' };
const HINT = 'spec/pool/queue.spec.ts';
const SOCKETS = 'spec/integration/data.it.spec.ts';

/** Notes what is planted and run, and answers as the test says. */
class FakeCopy {
  planted: string | undefined;
  readonly runs: string[] = [];

  constructor(private readonly answer: (line: string) => Verdict) {}

  plant({ name }: Bug): void {
    this.planted = name;
  }

  restore(): void {
    this.planted = undefined;
  }

  async run({ project, specs }: Run): Promise<Verdict> {
    const line = `${this.planted ?? 'clean'}: ${project} ${specs.length === 0 ? 'all' : specs.join(' ')}`;
    this.runs.push(line);
    return this.answer(line);
  }
}

function caughtBy(spec: string): Verdict {
  return { type: 'caught', spec, test: 'a test' };
}

async function examine(
  hints: readonly string[],
  answers: Readonly<Record<string, Verdict>>,
): Promise<Finding & { readonly runs: readonly string[] }> {
  const copy = new FakeCopy((line) => answers[line] ?? MISSED);
  const bug: Bug = { name: 'bug', breaks: '', rule: 'bounded', file: 'a.ts', find: 'a', replace: 'b', hints };
  const finding = await new Examiner(copy, new Set(hints), 1).examine(bug);
  expect(copy.planted).toBeUndefined();
  return { ...finding, runs: copy.runs };
}

it('runs no more than the hinted specs where they catch it', async () => {
  const finding = await examine([HINT], { [`bug: unit ${HINT}`]: caughtBy(HINT) });
  expect(finding).toMatchObject({ verdict: caughtBy(HINT), isHintWrong: false, runs: [`bug: unit ${HINT}`] });
});

it('takes a run that does not end for a catch', async () => {
  const finding = await examine([HINT], { [`bug: unit ${HINT}`]: { type: 'late', limit: 1 } });
  expect(finding).toMatchObject({ verdict: { type: 'late', limit: 1 }, isHintWrong: false });
});

it('runs the whole unit suite where the hint is wrong', async () => {
  const other = 'spec/pool/use.spec.ts';
  const finding = await examine([HINT], { 'bug: unit all': caughtBy(other) });
  expect(finding).toMatchObject({
    verdict: caughtBy(other),
    isHintWrong: true,
    runs: [`bug: unit ${HINT}`, 'bug: unit all', `clean: unit ${other}`],
  });
});

it('does not count a spec that fails without the bug, too', async () => {
  const other = 'spec/pool/use.spec.ts';
  const finding = await examine([HINT], {
    'bug: unit all': caughtBy(other),
    [`clean: unit ${other}`]: caughtBy(other),
  });
  expect(finding.verdict).toEqual({ type: 'unclear', why: `${other} fails without the bug, too` });
});

it('runs every suite that the hint names, the unit suite first, before it calls a bug missed', async () => {
  const finding = await examine([SOCKETS], {});
  expect(finding).toMatchObject({
    verdict: MISSED,
    isHintWrong: true,
    runs: [`bug: integration ${SOCKETS}`, 'bug: unit all', 'bug: integration all'],
  });
});

it('goes by the whole suite where the hinted specs only failed to run', async () => {
  const unclear: Verdict = { type: 'unclear', why: 'no report' };
  expect((await examine([HINT], { [`bug: unit ${HINT}`]: unclear })).verdict).toEqual(unclear);
  const answers = { [`bug: unit ${HINT}`]: unclear, 'bug: unit all': caughtBy(HINT) };
  expect((await examine([HINT], answers)).verdict).toEqual(caughtBy(HINT));
});
